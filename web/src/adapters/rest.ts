/**
 * All that is at rest of a profile: opened under a leader's epoch, made where there is none, moved once from what
 * version 0.1 and 0.2 left (docs/protocol/at-rest.md). Layer: adapters.
 */
import { Fault } from "#node/errors.ts";
import type { FencedStorage } from "#node/ports.ts";
import { type Disk, type Kind, pointerName } from "./rest-disk.ts";
import { raiseEpoch } from "./rest-epoch.ts";
import { GenerationsOnDisk, readNumbers } from "./rest-generations.ts";
import { moveOld } from "./rest-move.ts";
import type { Part } from "./rest-part.ts";
import { RestVault } from "./rest-vault.ts";

type Parts = Record<Kind, Part>;

export class Rest {
  readonly #disk: Disk;
  readonly #network: string;
  readonly #pointer: FencedStorage;
  readonly #open = new Set<{ close(): Promise<void> }>();
  #closed = false;
  /** Resolves when what earlier runs and versions left is gone, or stays for the next start. */
  tidied: Promise<void> = Promise.resolve();

  constructor(disk: Disk, network: string) {
    this.#disk = disk;
    this.#network = network;
    this.#pointer = disk.plain(pointerName(network));
    this.#open.add(this.#pointer);
  }

  /** The next leader's epoch; leaders before, of this version and of the old ones, write nothing from then on that
   * counts. Rejects where `leads` says that another leads by now. */
  async raise(leads: () => boolean): Promise<number> {
    const { secrets } = await readNumbers(this.#pointer);
    const old = secrets === 0 ? await this.#disk.openOld(this.#network) : undefined;
    try {
      const least = old === undefined ? 0 : await raiseEpoch(old.storage, leads);
      return await raiseEpoch(this.#pointer, leads, least);
    } finally {
      await old?.storage.close();
    }
  }

  /** `moving` hears 0 … 1 while a profile of an old version is moved; without it none is, and undefined is the answer. */
  async open(epoch: number, moving?: (part: number) => void): Promise<RestVault | undefined> {
    const generations = new GenerationsOnDisk(this.#disk, this.#network, this.#pointer, epoch);
    const parts = await this.#parts(generations, moving);
    if (parts === undefined) return undefined;
    for (const part of Object.values(parts)) this.#open.add(part);
    const opening = RestVault.open(parts.secrets, parts.history, generations);
    const [vault, limit] = await Promise.all([opening, generations.limit()]);
    this.#open.add(vault);
    if (this.#closed) await this.close();
    this.tidied = this.#tidy(generations, limit);
    return vault;
  }

  async #parts(generations: GenerationsOnDisk, moving?: (part: number) => void): Promise<Parts | undefined> {
    const { secrets, history } = await generations.current();
    if (secrets === undefined) {
      await history?.close();
      return this.#begin(generations, moving);
    }
    if (history !== undefined) return { secrets, history };
    // The texts are lost; who one is, and with whom, is not.
    const parts = { secrets, history: await generations.make("history") };
    await named(generations, parts);
    return parts;
  }

  async #begin(generations: GenerationsOnDisk, moving?: (part: number) => void): Promise<Parts | undefined> {
    const old = await this.#disk.openOld(this.#network);
    try {
      if (old !== undefined && moving === undefined) return undefined;
      await generations.dropLeft(await generations.limit()); // a move that was cut off took room, which this one needs
      const secrets = await generations.make("secrets");
      this.#open.add(secrets);
      const parts = { secrets, history: await generations.make("history") };
      this.#open.add(parts.history);
      if (old !== undefined && moving !== undefined) await moveOld(old, secrets, parts.history, moving);
      await named(generations, parts);
      return parts;
    } finally {
      await old?.storage.close();
    }
  }

  async #tidy(generations: GenerationsOnDisk, limit: number): Promise<void> {
    try {
      await this.#disk.endOld(this.#network);
      await generations.dropLeft(limit);
    } catch (error) {
      if (!(error instanceof Fault)) throw error; // held by another tab, or a disk that fails: at the next start
    }
  }

  /** Nothing is read or written here from now on, whatever is still under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#open].map((each) => each.close()));
  }
}

async function named(generations: GenerationsOnDisk, { secrets, history }: Parts): Promise<void> {
  if ((await generations.become(secrets, history)) === "done") return;
  throw new Fault("storage-broken", "The browser's database failed in between: reload the page.");
}
