/**
 * Which generations count: one record of the pointer database, `secrets u32 | history u32 | next u32`, written under the
 * epoch. A number is given out once, so that no leader touches what another one makes. Layer: adapters.
 */
import { Fault } from "#node/errors.ts";
import type { Change, FencedStorage } from "#node/ports.ts";
import { type Disk, KINDS, type Kind, partName, partNumber } from "./rest-disk.ts";
import { EPOCH, epochBytes, fenced, gone } from "./rest-epoch.ts";
import { Part } from "./rest-part.ts";
import type { Generations } from "./rest-vault.ts";

const RECORD = "generations";

export interface Numbers {
  /** 0: none yet. */
  secrets: number;
  history: number;
  next: number;
}

export async function readNumbers(pointer: FencedStorage): Promise<Numbers> {
  const bytes = await pointer.load(RECORD);
  if (bytes?.length !== 12) return { secrets: 0, history: 0, next: 1 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
  return { secrets: view.getUint32(0), history: view.getUint32(4), next: view.getUint32(8) };
}
function bytesOf({ secrets, history, next }: Numbers): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  [secrets, history, next].forEach((number, at) => {
    view.setUint32(4 * at, number);
  });
  return bytes;
}

/** As the leader of one epoch sees and changes them. */
export class GenerationsOnDisk implements Generations {
  readonly #disk: Disk;
  readonly #network: string;
  readonly #pointer: FencedStorage;
  readonly #epoch: number;

  constructor(disk: Disk, network: string, pointer: FencedStorage, epoch: number) {
    this.#disk = disk;
    this.#network = network;
    this.#pointer = pointer;
    this.#epoch = epoch;
  }

  /** The ones that count, where they are there. */
  async current(): Promise<Partial<Record<Kind, Part>>> {
    const numbers = await readNumbers(this.#pointer);
    const [secrets, history] = await Promise.all(KINDS.map((kind) => this.#open(kind, numbers[kind])));
    return { ...(secrets && { secrets }), ...(history && { history }) };
  }
  async #open(kind: Kind, number: number): Promise<Part | undefined> {
    const keyed = number === 0 ? undefined : await this.#disk.open(partName(this.#network, kind, number));
    return keyed && new Part(number, keyed, this.#epoch);
  }

  get #guard(): Change {
    return { key: EPOCH, value: epochBytes(this.#epoch) };
  }

  async make(kind: Kind): Promise<Part> {
    const numbers = await readNumbers(this.#pointer);
    await this.#write({ ...numbers, next: numbers.next + 1 });
    const name = partName(this.#network, kind, numbers.next);
    const keyed = await this.#disk.make(name, [{ key: EPOCH, value: epochBytes(this.#epoch) }]);
    return new Part(numbers.next, keyed, this.#epoch);
  }

  async become(secrets: Part, history: Part): Promise<"done" | "unsure"> {
    const { next } = await readNumbers(this.#pointer);
    try {
      await this.#write({ secrets: secrets.number, history: history.number, next });
      return "done";
    } catch (error) {
      if (error instanceof Fault && (error.code === "closed" || error.code === "storage-full")) throw error;
      // The connection may have ended with the answer on its way.
      const now = await this.#read();
      if (now === undefined) return "unsure";
      if (now.secrets === secrets.number && now.history === history.number) return "done";
      throw error;
    }
  }
  async #read(): Promise<Numbers | undefined> {
    try {
      return await readNumbers(this.#pointer);
    } catch (error) {
      if (error instanceof Fault) return undefined;
      throw error;
    }
  }
  async #write(numbers: Numbers): Promise<void> {
    if (!(await this.#pointer.saveIf(this.#guard, [{ key: RECORD, value: bytesOf(numbers) }]))) throw fenced();
  }

  drop(kind: Kind, { number }: Part): Promise<void> {
    return this.#disk.remove(partName(this.#network, kind, number));
  }
  /** Numbers below were given out before this moment, in which this leader leads: none of a later one. */
  async limit(): Promise<number> {
    const { next } = await readNumbers(this.#pointer);
    if (await this.#pointer.saveIf(this.#guard, [])) return next;
    if ((await this.#pointer.load(EPOCH)) === undefined) throw gone();
    throw fenced();
  }
  /** What runs that were cut off left behind. `limit`: from before anything was made in this run. */
  async dropLeft(limit: number): Promise<void> {
    const current = await readNumbers(this.#pointer);
    for (const name of await this.#disk.names()) {
      for (const kind of KINDS) {
        const number = partNumber(this.#network, kind, name);
        const left = number !== undefined && number < limit && number !== current[kind];
        if (left) await this.#disk.remove(name);
      }
    }
  }
}
