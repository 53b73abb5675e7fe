/**
 * Storage in memory: for tests, the simulator and profiles without a disk. Keeps the promises of the port, durability
 * aside: what was saved is visible to the next call, in the order of the keys, and nobody shares its bytes.
 */
import { Fault } from "#node/errors.ts";
import type { Change, FencedStorage } from "#node/ports.ts";
import { sameBytes } from "./same-bytes.ts";

export class MemoryStore implements FencedStorage {
  readonly #values: Map<string, Uint8Array>;
  #closed = false;

  /** `values` outlives this store: what a second one is given to play a restart. */
  constructor(values: Map<string, Uint8Array> = new Map()) {
    this.#values = values;
  }

  async load(key: string): Promise<Uint8Array | undefined> {
    this.#open();
    return this.#values.get(key)?.slice();
  }

  async save(changes: readonly Change[]): Promise<void> {
    this.#open();
    for (const { key, value } of changes) {
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, value.slice());
    }
  }

  async saveIf(guard: Change, changes: readonly Change[]): Promise<boolean> {
    this.#open();
    if (!sameBytes(this.#values.get(guard.key), guard.value)) return false;
    await this.save(changes);
    return true;
  }

  async *range(prefix: string): AsyncIterable<{ key: string; value: Uint8Array }> {
    this.#open();
    const keys = [...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort();
    for (const key of keys) {
      const value = this.#values.get(key);
      if (value !== undefined) yield { key, value: value.slice() };
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #open(): void {
    if (this.#closed) throw new Fault("closed", "This store was closed.");
  }
}
