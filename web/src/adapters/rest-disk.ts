/**
 * The databases of a profile, as IndexedDB (idb-disk.ts) and memory (memory-disk.ts) keep them. A keyed one holds its own
 * key beside its values, so that its end is the end of both. Layer: adapters.
 */
import type { Change, FencedStorage } from "#node/ports.ts";
import type { Key } from "./rest-seal.ts";

export interface Keyed {
  readonly storage: FencedStorage;
  readonly key: Key;
}
export interface Disk {
  names(): Promise<string[]>;
  /** Without a key; made at the first access. */
  plain(name: string): FencedStorage;
  /** New, under a key of its own; these values are in it from its first moment, as they are. */
  make(name: string, values: readonly Change[]): Promise<Keyed>;
  /** Undefined where there is none of this name; nothing is made. */
  open(name: string): Promise<Keyed | undefined>;
  /** Values and key are gone when it resolves. Rejects with Fault("busy") where another tab does not let go of it. */
  remove(name: string): Promise<void>;
  /** What version 0.1 and 0.2 wrote for this network; `key` is missing where none was made. Undefined where there is
   * nothing of it. */
  openOld(network: string): Promise<{ storage: FencedStorage; key?: Key } | undefined>;
  /** Its values and key are gone, and its name is taken by an empty database that no older version opens. */
  endOld(network: string): Promise<void>;
}

export type Kind = "secrets" | "history";
export const KINDS: readonly Kind[] = ["secrets", "history"];

export const pointerName = (network: string): string => `${network}/rest`;
export const partName = (network: string, kind: Kind, number: number): string => `${network}/${kind}-${number}`;
/** The number of a generation; undefined for any other name. */
export function partNumber(network: string, kind: Kind, name: string): number | undefined {
  const start = `${network}/${kind}-`;
  const digits = name.startsWith(start) ? name.slice(start.length) : "";
  return /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : undefined;
}

/** The text of a chat, and nothing else, lies in the history. */
export const TEXTS = "text/";
export const isText = (key: string): boolean => key.startsWith(TEXTS);
