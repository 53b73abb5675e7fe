/** A disk that dies: after so many accesses every further one fails, and nothing of it is done. What had been done stays,
 * as after a power cut. Or one that is full for databases whose names match. */
import type { Disk, Keyed } from "#adapters/rest-disk.ts";
import { Fault } from "#node/errors.ts";
import type { Change, FencedStorage } from "#node/ports.ts";

export class MortalDisk implements Disk {
  readonly #disk: Disk;
  #left: number;
  /** Accesses so far. */
  used = 0;
  full: RegExp | undefined;
  /** What happens right before the access of this number. */
  before: (access: number) => Promise<void> | void = () => undefined;

  constructor(disk: Disk, accesses = Number.POSITIVE_INFINITY) {
    this.#disk = disk;
    this.#left = accesses;
  }

  get dead(): boolean {
    return this.#left <= 0;
  }
  async step(): Promise<void> {
    this.used++;
    if (this.#left <= 0) throw new Fault("storage-broken", "The disk is dead.");
    this.#left--;
    await this.before(this.used);
  }
  /** From now on nothing is done any more. */
  die(): void {
    this.#left = 0;
  }
  room(name: string): void {
    if (this.full?.test(name)) throw new Fault("storage-full", "The disk is full.");
  }

  async names(): Promise<string[]> {
    await this.step();
    return this.#disk.names();
  }
  plain(name: string): FencedStorage {
    return new MortalStorage(this, name, this.#disk.plain(name));
  }
  async make(name: string, values: readonly Change[]): Promise<Keyed> {
    await this.step();
    this.room(name);
    return this.#keyed(name, await this.#disk.make(name, values));
  }
  async open(name: string): Promise<Keyed | undefined> {
    await this.step();
    const keyed = await this.#disk.open(name);
    return keyed && this.#keyed(name, keyed);
  }
  #keyed(name: string, { storage, key }: Keyed): Keyed {
    return { storage: new MortalStorage(this, name, storage), key };
  }
  async remove(name: string): Promise<void> {
    await this.step();
    await this.#disk.remove(name);
  }
  async openOld(network: string): ReturnType<Disk["openOld"]> {
    await this.step();
    const old = await this.#disk.openOld(network);
    return old && { ...old, storage: new MortalStorage(this, "personal", old.storage) };
  }
  async endOld(network: string): Promise<void> {
    await this.step();
    await this.#disk.endOld(network);
  }
}

class MortalStorage implements FencedStorage {
  readonly #disk: MortalDisk;
  readonly #name: string;
  readonly #storage: FencedStorage;

  constructor(disk: MortalDisk, name: string, storage: FencedStorage) {
    this.#disk = disk;
    this.#name = name;
    this.#storage = storage;
  }
  async load(key: string): Promise<Uint8Array | undefined> {
    await this.#disk.step();
    return this.#storage.load(key);
  }
  async save(changes: readonly Change[]): Promise<void> {
    await this.#disk.step();
    this.#disk.room(this.#name);
    await this.#storage.save(changes);
  }
  async saveIf(guard: Change, changes: readonly Change[]): Promise<boolean> {
    await this.#disk.step();
    this.#disk.room(this.#name);
    return this.#storage.saveIf(guard, changes);
  }
  async *range(prefix: string): AsyncIterable<{ key: string; value: Uint8Array }> {
    await this.#disk.step();
    yield* this.#storage.range(prefix);
  }
  close(): Promise<void> {
    return this.#storage.close();
  }
}
