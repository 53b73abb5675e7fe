/** The databases of a profile in memory: for tests and simulators. What they hold outlives the disk that is given it. */

import type { Change, FencedStorage } from "#node/ports.ts";
import { MemoryStore } from "./memory-store.ts";
import type { Disk, Keyed } from "./rest-disk.ts";
import { type Key, newKey } from "./rest-seal.ts";

export interface MemoryDatabase {
  values: Map<string, Uint8Array>;
  key?: Key;
}

export class MemoryDisk implements Disk {
  readonly databases: Map<string, MemoryDatabase>;

  constructor(databases: Map<string, MemoryDatabase> = new Map()) {
    this.databases = databases;
  }

  async names(): Promise<string[]> {
    return [...this.databases.keys()];
  }
  plain(name: string): FencedStorage {
    const database = this.databases.get(name) ?? { values: new Map() };
    this.databases.set(name, database);
    return new MemoryStore(database.values);
  }
  async make(name: string, values: readonly Change[]): Promise<Keyed> {
    const database = { values: new Map<string, Uint8Array>(), key: await newKey() };
    await new MemoryStore(database.values).save(values);
    this.databases.set(name, database);
    return { storage: new MemoryStore(database.values), key: database.key };
  }
  async open(name: string): Promise<Keyed | undefined> {
    const database = this.databases.get(name);
    return database?.key && { storage: new MemoryStore(database.values), key: database.key };
  }
  async remove(name: string): Promise<void> {
    this.databases.get(name)?.values.clear(); // whoever has it open finds nothing any more
    this.databases.delete(name);
  }
  async openOld(network: string): Promise<{ storage: FencedStorage; key?: Key } | undefined> {
    const values = this.databases.get(`${network}/personal`)?.values;
    const key = this.databases.get(`${network}/key`)?.key;
    return values && { storage: new MemoryStore(values), ...(key && { key }) };
  }
  async endOld(network: string): Promise<void> {
    await this.remove(`${network}/personal`);
    await this.remove(`${network}/key`);
  }
}
