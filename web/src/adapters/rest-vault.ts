/**
 * The `Vault` over two parts: secrets, made anew often because it is small, and the texts. One save is one durable
 * transaction of the secrets, in which changes of texts stand as journal records; rest-history.ts brings them to theirs.
 *
 * Invariants:
 * 1. A save that resolved is durable as a whole; one that rejected, or was cut off, is not there at all, or as a whole.
 * 2. At every moment the pointer names a secrets part and a history part that are whole.
 * 3. No more than one save waits for a history that takes nothing: the next is refused as that is.
 * Layer: adapters.
 */
import type { Vault } from "#chat/ports.ts";
import { Fault } from "#node/errors.ts";
import type { Change } from "#node/ports.ts";
import { InTurn } from "./in-turn.ts";
import { isText, type Kind, TEXTS } from "./rest-disk.ts";
import { TextsAtRest } from "./rest-history.ts";
import { changesOf, JOURNAL, journalKey, journalNumber, journalOf } from "./rest-journal.ts";
import type { Entry, Part } from "./rest-part.ts";

/** How generations come and go (rest-generations.ts). */
export interface Generations {
  make(kind: Kind): Promise<Part>;
  /** From here on the pointer names these; durable when it resolves. `unsure`: nobody can say which it names. */
  become(secrets: Part, history: Part): Promise<"done" | "unsure">;
  /** Rejects with `Fault("closed")` where another leads by now. */
  limit(): Promise<unknown>;
  /** One that counts no more, or never did. */
  drop(kind: Kind, part: Part): Promise<void>;
}

export class RestVault implements Vault {
  #secrets: Part;
  readonly #texts: TextsAtRest;
  readonly #generations: Generations;
  readonly #saves = new InTurn();
  readonly #renewals = new InTurn();
  /** Number of the next record. */
  #journal = 0;
  /** It is not known which part counts: nothing may be written to either. */
  #unsure = false;
  /** Journal records that cannot be read; they stay. */
  damaged = 0;

  private constructor(secrets: Part, history: Part, generations: Generations) {
    this.#secrets = secrets;
    this.#texts = new TextsAtRest(history);
    this.#generations = generations;
  }

  /** Both follow the leader that opens; what the journal holds is in the history, or waits to get there. */
  static async open(secrets: Part, history: Part, generations: Generations): Promise<RestVault> {
    await Promise.all([secrets.follow(), history.follow()]);
    const vault = new RestVault(secrets, history, generations);
    for await (const { key, value } of secrets.range(JOURNAL)) {
      vault.#journal = Math.max(vault.#journal, journalNumber(key) + 1);
      const changes = value && changesOf(value);
      if (changes === undefined) vault.damaged++;
      else vault.#texts.take([key], changes);
    }
    await vault.#texts.settle();
    const { fault } = vault.#texts;
    if (fault !== undefined && fault.code !== "storage-full") throw fault;
    return vault;
  }

  get full(): boolean {
    return this.#texts.fault?.code === "storage-full";
  }

  load(key: string): Promise<Uint8Array | undefined> {
    return isText(key) ? this.#texts.load(key) : this.#secrets.load(key);
  }

  async *range(prefix: string): AsyncIterable<Entry> {
    // Keys of secrets sort before those of texts.
    if (!isText(prefix)) {
      for await (const entry of this.#secrets.range(prefix)) if (!entry.key.startsWith(JOURNAL)) yield entry;
    }
    if (isText(prefix)) yield* this.#texts.range(prefix);
    else if (TEXTS.startsWith(prefix)) yield* this.#texts.range(TEXTS);
  }

  save(changes: readonly Change[]): Promise<void> {
    const copies = changes.map(({ key, value }) => ({ key, value: value?.slice() }));
    const texts = copies.filter(({ key }) => isText(key));
    const journal = journalOf(texts).map((value) => ({ key: journalKey(this.#journal++), value }));
    const secrets = [...copies.filter(({ key }) => !isText(key)), ...journal];
    // Sealed beside the saves before, so that only the writing waits for them.
    const part = this.#secrets;
    const sealing = part.seal(secrets);
    sealing.catch(() => undefined); // told where it is waited for
    return this.#saving(async () => {
      if (this.#unsure) throw unsure();
      if (texts.length > 0) await this.#roomForTexts();
      const sealed = part === this.#secrets ? await sealing : await this.#secrets.seal(secrets);
      const done = [...this.#texts.done];
      await this.#secrets.commit([...sealed, ...done.map((key) => ({ key, value: undefined }))]);
      this.#texts.done = this.#texts.done.filter((key) => !done.includes(key));
      if (texts.length > 0) {
        this.#texts.take(
          journal.map(({ key }) => key),
          texts,
        );
      } else if (this.#texts.fault !== undefined) void this.#texts.settle();
    });
  }
  #saving(save: () => Promise<void>): Promise<void> {
    return this.#saves.run(async () => {
      try {
        await save();
      } catch (error) {
        // A later leader makes parts anew, too: that is no loss, but the end of this one.
        if (error instanceof Fault && error.code === "storage-gone") await this.#generations.limit();
        throw error;
      }
    });
  }
  async #roomForTexts(): Promise<void> {
    if (this.#texts.fault === undefined) return;
    await this.#texts.settle();
    if (this.#texts.fault !== undefined) throw this.#texts.fault;
  }

  /** Made anew under a fresh key, and what was there before is gone when it resolves. Rejects where there was no room for
   * it, or another tab does not let go of it: then it is not gone. */
  renew(kind: Kind): Promise<void> {
    return this.#renewals.run(async () => {
      const made = await this.#generations.make(kind);
      const before = await this.#moveTo(kind, made);
      await before.retire();
      await this.#generations.drop(kind, before);
    });
  }
  async #moveTo(kind: Kind, made: Part): Promise<Part> {
    try {
      if (kind === "history") return await this.#texts.moveTo(made, () => this.#become(this.#secrets, made));
      return await this.#saves.run(async () => {
        const before = this.#secrets;
        for await (const portion of before.sealedFor(made)) await made.commit(portion);
        await this.#become(made, this.#texts.part);
        this.#secrets = made;
        return before;
      });
    } catch (error) {
      await made.close();
      // Room that a copy took is given back; which of two counts, the next start finds out.
      if (!this.#unsure) await this.#generations.drop(kind, made);
      throw error;
    }
  }
  async #become(secrets: Part, history: Part): Promise<void> {
    if (this.#unsure) throw unsure();
    this.#unsure = (await this.#generations.become(secrets, history)) === "unsure";
    if (this.#unsure) throw unsure();
  }

  /** Nothing is read or written here any more; what has not come to the history yet stands in the journal. */
  async close(): Promise<void> {
    await Promise.all([this.#secrets.close(), this.#texts.part.close()]);
  }
}

const unsure = (): Fault => new Fault("storage-broken", "The browser's database failed in between: reload the page.");
