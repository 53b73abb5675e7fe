/**
 * Every session cell of a run that left its author, and whether a key was ever used for two of them. It hears the pages
 * (overheard.ts) and reads what each holder was ever given: a trigger in its database copies cells before they are
 * deleted. Cells are told apart and their steps read with Node's own AES, not with the code under test.
 */
import { createDecipheriv } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import type { BrowserContext } from "@playwright/test";
import { type Overheard, overhear } from "./overheard.ts";

const ENVELOPE = 20;
const SEALED_HEADER = 68;
const TAG_BYTES = 16;
/** In the header: dh 32 ∥ pn u32 ∥ n u32. */
const STEP_AT = 36;
/** In a holder's entry: check 16 ∥ signer u8 ∥ sig 64 ∥ stamp u64 ∥ cell. */
const CELL_AT = 89;

export interface Findings {
  /** Different session cells that left, those that holders were given, and those that went over a direct link. */
  cells: number;
  atHolders: number;
  direct: number;
  /** Steps, and pairs of key and nonce, that two different cells share. */
  stepsReused: number;
  keysReused: number;
}

export class Witness {
  readonly #headerKeys = new Set<string>();
  /** Cells in hex, and the key and nonce of their contents. */
  readonly #sealed = new Map<string, string>();
  readonly #opened = new Set<string>();
  readonly #left = new Set<string>();
  readonly #stores = new Set<string>();

  /** To be called before the app is in the context. */
  async listen(context: BrowserContext): Promise<void> {
    await context.exposeBinding("overheard", (_, event: Overheard) => this.#hear(event));
    await context.addInitScript(overhear);
  }

  /** From now on this store also keeps what is deleted from it. */
  keep(store: string): void {
    const database = new DatabaseSync(store);
    database.exec(`
      PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS witnessed (value BLOB NOT NULL UNIQUE);
      CREATE TRIGGER IF NOT EXISTS witness AFTER INSERT ON entries WHEN NEW.key LIKE 'cell/%'
      BEGIN INSERT OR IGNORE INTO witnessed VALUES (NEW.value); END`);
    database.close();
    this.#stores.add(store);
  }

  findings(): Findings {
    const held = this.#held();
    const tagOf = (cell: string): string => cell.slice(8, 2 * ENVELOPE);
    const direct = [...this.#sealed.keys()].filter((cell) => this.#left.has(tagOf(cell)));
    const gone = new Set([...held, ...direct, ...this.#opened]);
    const steps = new Map<string, Set<string>>();
    const keys = new Map<string, Set<string>>();
    const note = (map: typeof steps, name: string, cell: string) =>
      map.set(name, (map.get(name) ?? new Set()).add(cell));
    let [cells, atHolders] = [0, 0];
    for (const cell of gone) {
      const opened = this.#header(cell);
      if (opened === undefined) continue; // of another kind: bundles, first contacts, cards
      cells++;
      if (held.has(cell)) atHolders++;
      note(steps, `${opened.key}/${opened.n}`, cell);
      note(keys, `${opened.key}/${tagOf(cell).slice(0, 24)}`, cell);
      const content = this.#sealed.get(cell);
      if (content !== undefined) note(keys, content, cell);
    }
    const shared = (map: typeof steps): number => [...map.values()].filter((all) => all.size > 1).length;
    return { cells, atHolders, direct: direct.length, stepsReused: shared(steps), keysReused: shared(keys) };
  }

  #hear(event: Overheard): void {
    if (event.kind === "header") this.#headerKeys.add(event.key);
    else if (event.kind === "left") this.#left.add(event.tag);
    else {
      this.#sealed.set(event.cell, `${event.key}/${event.nonce}`);
      if (event.kind === "opened") this.#opened.add(event.cell);
    }
  }

  #held(): Set<string> {
    const held = new Set<string>();
    for (const store of this.#stores) {
      const database = new DatabaseSync(store);
      for (const { value } of database.prepare("SELECT value FROM witnessed").all()) {
        held.add(Buffer.from(value as Uint8Array).toString("hex", CELL_AT));
      }
      database.close();
    }
    return held;
  }

  #header(cell: string): { key: string; n: number } | undefined {
    const bytes = Buffer.from(cell, "hex");
    const sealed = bytes.subarray(ENVELOPE, ENVELOPE + SEALED_HEADER);
    for (const key of this.#headerKeys) {
      const gcm = createDecipheriv("aes-256-gcm", Buffer.from(key, "hex"), bytes.subarray(4, 16));
      gcm.setAAD(bytes.subarray(0, ENVELOPE));
      gcm.setAuthTag(sealed.subarray(-TAG_BYTES));
      const header = gcm.update(sealed.subarray(0, -TAG_BYTES));
      try {
        gcm.final();
        return { key, n: header.readUInt32BE(STEP_AT) };
      } catch {} // sealed with another key
    }
    return undefined;
  }
}
