/** A disk that takes its time, as IndexedDB does: counted, and slow on the clock of the test. */
import type { VirtualClock } from "#adapters/memory-clock.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import type { Change } from "#node/ports.ts";

/** Entries that IndexedDB hands over at a time. */
const PORTION = 256;

export class SlowDisk extends MemoryStore {
  readonly #clock: VirtualClock;
  readonly #ms: number;
  loads = 0;
  saves = 0;
  /** Entries read through ranges. */
  ranged = 0;

  /** `ms` for each load, save and portion. */
  constructor(values: Map<string, Uint8Array>, clock: VirtualClock, ms: number) {
    super(values);
    this.#clock = clock;
    this.#ms = ms;
  }

  override async load(key: string): Promise<Uint8Array | undefined> {
    this.loads++;
    await this.#pause();
    return super.load(key);
  }
  override async save(changes: readonly Change[]): Promise<void> {
    this.saves++;
    await this.#pause();
    await super.save(changes);
  }
  override async *range(prefix: string): AsyncIterable<{ key: string; value: Uint8Array }> {
    let at = 0;
    for await (const entry of super.range(prefix)) {
      if (at++ % PORTION === 0) await this.#pause();
      this.ranged++;
      yield entry;
    }
  }

  #pause(): Promise<void> {
    return new Promise((done) => void this.#clock.after(this.#ms, done));
  }
}
