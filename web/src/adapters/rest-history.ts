/**
 * The texts at rest. What is to change here is durable in the journal of the secrets before (rest-vault.ts): it is
 * brought to the disk behind the save that brought it, and read from memory until it is there.
 *
 * Invariants:
 * 1. A journal record is named in `done` only after its changes are durable here.
 * 2. While a copy is made, what changes is written to both, and the copy never overwrites it.
 * Layer: adapters.
 */
import { Fault } from "#node/errors.ts";
import type { Change } from "#node/ports.ts";
import { InTurn } from "./in-turn.ts";
import type { Entry, Part } from "./rest-part.ts";

interface Copy {
  part: Part;
  /** Keys that were written there while the rest is being copied. */
  changed: Set<string>;
  /** Why it took something not: it will not be whole. */
  fault?: unknown;
}

export class TextsAtRest {
  #part: Part;
  readonly #turns = new InTurn();
  /** Changes that are durable in the journal only. */
  #pending = new Map<string, Uint8Array | undefined>();
  #journal: string[] = [];
  /** Journal records whose changes are durable here, to be removed with the next save. */
  done: string[] = [];
  #copy: Copy | undefined;
  #applying: Promise<void> | undefined;
  #fault: Fault | undefined;

  constructor(part: Part) {
    this.#part = part;
  }
  get part(): Part {
    return this.#part;
  }
  /** Why the last changes are not here yet, where they wait for more than their turn. */
  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** These changes are durable in the journal under these keys: they come to this disk from now on. */
  take(journal: readonly string[], changes: readonly Change[]): void {
    for (const { key, value } of changes) this.#pending.set(key, value);
    this.#journal.push(...journal);
    void this.settle();
  }

  /** Resolves when nothing is under way: all is here, or `fault` says why not. */
  async settle(): Promise<void> {
    while (this.#applying !== undefined) await this.#applying;
    if (this.#journal.length === 0) return;
    this.#applying = this.#apply();
    await this.#applying;
  }
  async #apply(): Promise<void> {
    while (this.#journal.length > 0) {
      const batch = new Map(this.#pending);
      const journal = this.#journal.splice(0);
      const changes = [...batch].map(([key, value]) => ({ key, value }));
      try {
        await this.#turns.run(() => this.#write(changes));
      } catch (error) {
        this.#journal.unshift(...journal);
        this.#fault = error instanceof Fault ? error : new Fault("storage-broken", String(error));
        break;
      }
      this.#fault = undefined;
      for (const [key, value] of batch) if (this.#pending.get(key) === value) this.#pending.delete(key);
      this.done.push(...journal);
    }
    this.#applying = undefined; // at once: what is taken from now on begins anew
  }
  async #write(changes: readonly Change[]): Promise<void> {
    await this.#part.commit(await this.#part.seal(changes));
    const copy = this.#copy;
    if (copy === undefined) return;
    for (const { key } of changes) copy.changed.add(key);
    try {
      await copy.part.commit(await copy.part.seal(changes));
    } catch (error) {
      copy.fault ??= error; // what counts has them
    }
  }

  async load(key: string): Promise<Uint8Array | undefined> {
    if (this.#pending.has(key)) return this.#pending.get(key)?.slice();
    return this.#part.load(key);
  }
  async *range(prefix: string): AsyncIterable<Entry> {
    const later = [...this.#pending].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    const known = new Set(later.map(([key]) => key));
    for await (const entry of this.#part.range(prefix)) {
      while (later[0] !== undefined && later[0][0] < entry.key) yield* shown(later.shift());
      if (!known.has(entry.key)) yield entry;
    }
    for (const each of later) yield* shown(each);
  }

  /** All of it once more in `to`, while texts come and go; `become` makes that the one that counts. The part before is
   * returned: nothing is written there any more. */
  async moveTo(to: Part, become: () => Promise<void>): Promise<Part> {
    const before = this.#part;
    const copy: Copy = { part: to, changed: new Set<string>() };
    await this.#turns.run(async () => {
      this.#copy = copy;
    });
    try {
      for await (const portion of before.sealedFor(to)) {
        await this.#turns.run(() => to.commit(portion.filter(({ key }) => !copy.changed.has(key))));
      }
      await this.#turns.run(async () => {
        if (copy.fault !== undefined) throw copy.fault;
        await become();
        this.#part = to;
      });
    } finally {
      this.#copy = undefined;
    }
    return before;
  }
}

function* shown(entry: [string, Uint8Array | undefined] | undefined): Iterable<Entry> {
  if (entry?.[1] !== undefined) yield { key: entry[0], value: entry[1].slice() };
}
