/**
 * What somebody reads who copied the folder of a Chromium profile: every key that lies anywhere in its files is tried on
 * every value that lies in its IndexedDB, also on those that the page has overwritten or removed.
 */
import { createDecipheriv } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Entry, entriesOf, Reader } from "./leveldb.ts";

export interface Opened {
  /** Storage key, and what was sealed under it. */
  key: string;
  value: Uint8Array;
}
export interface Read {
  files: number;
  /** Secret keys, hex. */
  keys: string[];
  /** Sealed values, and those of them that one of the keys opens. */
  sealed: number;
  opened: Opened[];
}

const KEY_SIZE = 32;
const NONCE = 12;
const TAG = 16;

export function readProfile(folder: string): Read {
  const files = filesUnder(folder);
  const keys = new Set<string>();
  for (const file of files) for (const key of keysIn(readFileSync(file))) keys.add(key);
  const entries = files
    .filter((file) => /IndexedDB.*\.(log|ldb|sst)$/.test(file))
    .flatMap((file) => entriesOf(file))
    .filter(({ value }) => value.length > 0);
  for (const { value } of entries) for (const key of keysIn(value)) keys.add(key);
  const opened = new Map<string, Opened>();
  let sealed = 0;
  for (const entry of entries) {
    const [at, bytes] = [storageKey(entry), sealedIn(entry)];
    if (at === undefined || bytes === undefined) continue;
    sealed++;
    for (const key of keys) {
      const value = open(key, at, bytes);
      if (value !== undefined) opened.set(`${at} ${Buffer.from(bytes).toString("base64")}`, { key: at, value });
    }
  }
  return { files: files.length, keys: [...keys], sealed, opened: [...opened.values()] };
}

/** Files in which these bytes stand as they are. */
export function filesWith(folder: string, bytes: Uint8Array): string[] {
  return filesUnder(folder).filter((file) => readFileSync(file).includes(Buffer.from(bytes)));
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

/** AES keys as the structured clone of a CryptoKey holds them: "K", 1, algorithm, length, usages, 32, the key itself. */
function keysIn(bytes: Uint8Array): string[] {
  const found: string[] = [];
  for (let at = 0; at + KEY_SIZE < bytes.length; at++) {
    if (bytes[at] !== 0x4b || bytes[at + 1] !== 1 || bytes[at + 3] !== KEY_SIZE) continue;
    for (const size of [at + 5, at + 6, at + 7]) {
      if (bytes[size] !== KEY_SIZE || size + 1 + KEY_SIZE > bytes.length) continue;
      found.push(Buffer.from(bytes.subarray(size + 1, size + 1 + KEY_SIZE)).toString("hex"));
    }
  }
  return found;
}

/** The string at the end of a key of an object store: 1, its length, UTF-16BE. */
function storageKey({ key }: Entry): string | undefined {
  for (let at = 3; at < Math.min(key.length, 20); at++) {
    if (key[at] !== 1) continue;
    const read = new Reader(key, at + 1);
    const length = read.varint();
    if (length === 0 || read.at + 2 * length !== key.length) continue;
    const text = Buffer.from(key.subarray(read.at)).swap16().toString("utf16le");
    if (/^[\x20-\x7e]+$/.test(text)) return text;
  }
  return undefined;
}
/** The bytes of the first ArrayBuffer ("B", length, bytes) in a structured clone. */
function sealedIn({ value }: Entry): Uint8Array | undefined {
  for (let at = 0; at < Math.min(value.length, 32); at++) {
    if (value[at] !== 0x42) continue;
    const read = new Reader(value, at + 1);
    const length = read.varint();
    if (length > NONCE + TAG && read.at + length <= value.length) return read.bytes(length);
  }
  return undefined;
}
function open(key: string, at: string, sealed: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv("aes-256-gcm", Buffer.from(key, "hex"), sealed.subarray(0, NONCE));
  decipher.setAAD(Buffer.from(at));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  const value = decipher.update(sealed.subarray(NONCE, sealed.length - TAG));
  try {
    decipher.final();
    return new Uint8Array(value);
  } catch {
    return undefined; // another's
  }
}
