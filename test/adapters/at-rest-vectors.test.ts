/** Data at rest against what the independent implementation wrote (test/independent, from docs/protocol/at-rest.md). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MemoryDisk } from "#adapters/memory-disk.ts";
import { changesOf, journalOf } from "#adapters/rest-journal.ts";
import { open } from "#adapters/rest-seal.ts";
import { startOn } from "../fixtures/vault.ts";

interface Vectors {
  network: string;
  sealed: { key: string; name: string; value: string; sealed: string }[];
  journal: { changes: { key: string; value: string | null }[]; record: string };
  version2: Profile;
  version1: Profile & { pointer: Record<string, string> };
}
interface Profile {
  databases: Record<string, { key?: string; entries: Record<string, string> }>;
  records: Record<string, string>;
}
const file = new URL("../vectors/independent/rest.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const keyOf = (hex: string) => crypto.subtle.importKey("raw", bytes(hex), "AES-GCM", false, ["encrypt", "decrypt"]);

async function diskOf({ databases }: Profile): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  for (const [name, { key, entries }] of Object.entries(databases)) {
    const values = new Map(Object.entries(entries).map(([at, hex]) => [at, bytes(hex)]));
    disk.databases.set(`${vectors.network}/${name}`, { values, ...(key && { key: await keyOf(key) }) });
  }
  return disk;
}
async function recordsOf(disk: MemoryDisk): Promise<Record<string, string>> {
  const records: Record<string, string> = {};
  for await (const { key, value } of (await startOn(disk, vectors.network)).range("")) {
    records[key] = new TextDecoder().decode(value);
  }
  return records;
}

test.each(vectors.sealed)("a value under $name opens as the page says", async ({ key, name, value, sealed }) => {
  expect(await open(await keyOf(key), name, bytes(sealed))).toEqual(bytes(value));
});

test("a journal record is the page's, byte for byte", () => {
  const changes = vectors.journal.changes.map(({ key, value }) => ({
    key,
    value: value === null ? undefined : bytes(value),
  }));
  expect(journalOf(changes).map((record) => Buffer.from(record).toString("hex"))).toEqual([vectors.journal.record]);
  expect(changesOf(bytes(vectors.journal.record))).toEqual(changes);
});

test("a profile of version 2 that the page describes opens, with what its journal still held", async () => {
  expect(await recordsOf(await diskOf(vectors.version2))).toEqual(vectors.version2.records);
});

test("a profile of version 1 that the page describes is moved, and the pointer is the page's", async () => {
  const disk = await diskOf(vectors.version1);
  expect(await recordsOf(disk)).toEqual(vectors.version1.records);
  const pointer = [...(disk.databases.get(`${vectors.network}/rest`)?.values ?? [])];
  const hex = pointer.map(([at, value]) => [at, Buffer.from(value).toString("hex")]);
  expect(Object.fromEntries(hex)).toEqual(vectors.version1.pointer);
});
