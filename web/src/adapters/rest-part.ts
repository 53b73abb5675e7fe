/**
 * One generation of secrets or history: values sealed under the key that lies beside them, written under the epoch of
 * their leader. Layer: adapters.
 */
import { Fault } from "#node/errors.ts";
import type { Change } from "#node/ports.ts";
import type { Keyed } from "./rest-disk.ts";
import { EPOCH, epochBytes, fenced, followEpoch, gone } from "./rest-epoch.ts";
import { type Key, open, seal } from "./rest-seal.ts";

/** Entries that are carried over in one transaction: some ms of work, so that nobody waits long for its end. Tier 3. */
const PORTION = 128;

export interface Entry {
  key: string;
  /** Undefined where it cannot be opened. */
  value: Uint8Array | undefined;
}

export class Part {
  readonly number: number;
  readonly #keyed: Keyed;
  readonly #epoch: number;
  #readers = 0;
  #unread: () => void = () => undefined;

  constructor(number: number, keyed: Keyed, epoch: number) {
    this.number = number;
    this.#keyed = keyed;
    this.#epoch = epoch;
  }

  /** Leaders before are fenced from here on. */
  follow(): Promise<void> {
    return followEpoch(this.#keyed.storage, this.#epoch);
  }

  async load(key: string): Promise<Uint8Array | undefined> {
    const sealed = await this.#read(() => this.#keyed.storage.load(key));
    if (sealed === undefined) return undefined;
    const value = await open(this.#keyed.key, key, sealed);
    if (value === undefined) throw damaged();
    return value;
  }

  /** All but the epoch, as they are sealed. */
  async *raw(prefix: string): AsyncIterable<{ key: string; value: Uint8Array }> {
    this.#readers++;
    try {
      for await (const entry of this.#keyed.storage.range(prefix)) if (entry.key !== EPOCH) yield entry;
    } finally {
      this.#done();
    }
  }
  async *range(prefix: string): AsyncIterable<Entry> {
    for await (const { key, value } of this.raw(prefix)) {
      yield { key, value: await open(this.#keyed.key, key, value) };
    }
  }

  seal(changes: readonly Change[]): Promise<Change[]> {
    return Promise.all(changes.map((change) => seal(this.#keyed.key, change)));
  }
  /** Writes what `seal` gave, in one durable transaction. */
  async commit(sealed: readonly Change[]): Promise<void> {
    const { storage } = this.#keyed;
    if (await storage.saveIf({ key: EPOCH, value: epochBytes(this.#epoch) }, sealed)) return;
    throw (await storage.load(EPOCH)) === undefined ? gone() : fenced();
  }

  /** A value of another key, sealed for this part. One that cannot be opened is not ours to delete: it stays as it is, and is
   * counted wherever it is read. */
  async reseal(key: string, sealed: Uint8Array, under: Key | undefined): Promise<Change> {
    const value = under && (await open(under, key, sealed));
    return value === undefined ? { key, value: sealed } : seal(this.#keyed.key, { key, value });
  }
  /** All that is here, sealed anew for `to`, in portions. */
  async *sealedFor(to: Part): AsyncIterable<Change[]> {
    let portion: Promise<Change>[] = [];
    for await (const { key, value } of this.raw("")) {
      portion.push(to.reseal(key, value, this.#keyed.key));
      if (portion.length < PORTION) continue;
      yield await Promise.all(portion);
      portion = [];
    }
    if (portion.length > 0) yield await Promise.all(portion);
  }

  /** Closed once nobody reads here any more. */
  async retire(): Promise<void> {
    if (this.#readers > 0) {
      await new Promise<void>((done) => {
        this.#unread = done;
      });
    }
    await this.close();
  }
  close(): Promise<void> {
    return this.#keyed.storage.close();
  }

  async #read<T>(work: () => Promise<T>): Promise<T> {
    this.#readers++;
    try {
      return await work();
    } finally {
      this.#done();
    }
  }
  #done(): void {
    this.#readers--;
    if (this.#readers === 0) this.#unread();
  }
}

export const damaged = (): Fault =>
  new Fault("storage-broken", "A stored value is damaged, or was written under another key.");
