/**
 * Does another node run under our key, from a folder that was copied? It signs records that we did not. Nobody is believed
 * here: what counts is a record under our own key with a `seq` that no run of this profile can have signed.
 *
 * A run knows what it signed itself. Of earlier ones a bound is on disk, and nothing is signed above it before it is there:
 * no old record of ours, shown again by whoever kept it, is above it. On disk: ms u64 under `node/signed`.
 */
import { u64 } from "../bytes.ts";
import type { Storage } from "../ports.ts";

/** Of a record (contacts.ts). */
const LIFE_MS = 24 * 60 * 60_000;
/** A bound that is farther behind was overtaken by a step of the clock or a sleep. Tier 3. */
const BEHIND_MS = 3 * 60_000;
/** A record is signed once in ten minutes, or when what it says has changed: more than are made in a day. */
const REMEMBERED = 4_096;

export class OwnRecords {
  readonly #key: string;
  /** No earlier run signed above it. */
  #before: number;
  #bound: number;
  #last = 0;
  /** `seq` of what this run signed, oldest first. */
  readonly #signed = new Set<number>();
  /** Called for each record of another. */
  heard: () => void = () => undefined;

  private constructor(key: string, kept: number | undefined, wall: number) {
    this.#key = key;
    this.#before = kept ?? wall + LIFE_MS;
    this.#bound = Math.max(kept ?? 0, Math.floor(wall));
  }
  /** `wall`: own clock, ms. A profile that has no bound yet may have signed until now: its records live for a day. */
  static async load(storage: Storage, prefix: string, wall: number): Promise<OwnRecords> {
    const key = `${prefix}/signed`;
    const stored = await storage.load(key);
    const kept =
      stored?.length === 8 ? Number(new DataView(stored.buffer, stored.byteOffset).getBigUint64(0)) : undefined;
    const own = new OwnRecords(key, kept, wall);
    await storage.save([{ key, value: u64(own.#bound) }]);
    return own;
  }

  /** For a node whose series is kept elsewhere (an option of a bootstrap node): nobody is told, nothing is written. */
  static untold(): OwnRecords {
    return new OwnRecords("", Number.POSITIVE_INFINITY, 0);
  }

  get isTold(): boolean {
    return this.#before < Number.POSITIVE_INFINITY;
  }
  /** What the next record is signed with: now, or the bound where that is earlier, and above the last, but for one that was
   * signed by a clock that was ahead: nobody takes what goes on from there. */
  next(time: number): number {
    if (time > this.#bound + BEHIND_MS) this.#bound = time;
    const now = Math.min(time, this.#bound);
    const isAhead = this.#last - now > BEHIND_MS;
    this.#last = isAhead ? now : Math.max(now, this.#last + 1);
    this.note(this.#last);
    return this.#last;
  }
  note(seq: number): void {
    this.#signed.add(seq);
    for (const oldest of this.#signed) {
      if (this.#signed.size <= REMEMBERED) return;
      this.#signed.delete(oldest);
      this.#before = Math.max(this.#before, oldest);
    }
  }
  /** A good record under our key was seen. */
  saw(seq: number): void {
    if (seq <= this.#before || this.#signed.has(seq)) return;
    this.note(seq); // told once
    this.heard();
  }
  /** The new bound, to be saved. */
  raise(time: number): { key: string; value: Uint8Array } {
    this.#bound = Math.max(this.#bound, Math.floor(time));
    return { key: this.#key, value: u64(this.#bound) };
  }
}
