/**
 * From version 1 of the data at rest, one database under one key, to version 2. Only copies: what is moved counts once the
 * pointer names it, and version 1 is ended after that, so that a move may be cut off at any moment. Layer: adapters.
 */
import type { Change, FencedStorage } from "#node/ports.ts";
import { isText, type Kind } from "./rest-disk.ts";
import { EPOCH } from "./rest-epoch.ts";
import { damaged, type Part } from "./rest-part.ts";
import { type Key, open } from "./rest-seal.ts";

/** Entries a transaction: nobody else writes meanwhile. Tier 3. */
const PORTION = 1_024;
/** Entries after which it is said how far the move is. */
const TOLD = 256;
/** Where the person of a profile lies. */
const ME = "me";

export async function moveOld(
  old: { storage: FencedStorage; key?: Key },
  secrets: Part,
  history: Part,
  moving: (part: number) => void,
): Promise<void> {
  await checkPerson(old);
  let all = 0;
  for await (const _entry of old.storage.range("")) all++;
  const to: Record<Kind, Mover> = { secrets: new Mover(secrets), history: new Mover(history) };
  let moved = 0;
  for await (const { key, value } of old.storage.range("")) {
    if (key !== EPOCH) await to[isText(key) ? "history" : "secrets"].take(key, value, old.key);
    moved++;
    if (moved % TOLD === 0) moving(moved / all);
  }
  await to.history.end();
  await to.secrets.end();
}

/** A profile whose person cannot be read is left as it is: nothing says that the others could not be read later. */
async function checkPerson({ storage, key }: { storage: FencedStorage; key?: Key }): Promise<void> {
  const me = await storage.load(ME);
  if (me !== undefined && (key === undefined || (await open(key, ME, me)) === undefined)) throw damaged();
}

class Mover {
  readonly #to: Part;
  #portion: Promise<Change>[] = [];

  constructor(to: Part) {
    this.#to = to;
  }
  async take(key: string, sealed: Uint8Array, under: Key | undefined): Promise<void> {
    this.#portion.push(this.#to.reseal(key, sealed, under));
    if (this.#portion.length >= PORTION) await this.end();
  }
  async end(): Promise<void> {
    await this.#to.commit(await Promise.all(this.#portion.splice(0)));
  }
}
