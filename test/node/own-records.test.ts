/** The bound of what was signed under the own key, against the vectors of the independent implementation. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { MemoryStore } from "#adapters/memory-store.ts";
import { OwnRecords } from "#node/machine/own-records.ts";

const file = new URL("../vectors/independent/one_key_twice.json", import.meta.url);
const { starts } = JSON.parse(readFileSync(file, "utf8")) as {
  starts: { stored: string | null; wall: number; written: string; compared: number }[];
};

it.each(starts)("a run that finds $stored at $wall writes and compares as the page says", async (start) => {
  const disk = new Map<string, Uint8Array>();
  if (start.stored !== null) disk.set("node/signed", new Uint8Array(Buffer.from(start.stored, "hex")));
  const own = await OwnRecords.load(new MemoryStore(disk), "node", start.wall);
  let heard = 0;
  own.heard = () => {
    heard++;
  };
  expect(Buffer.from(disk.get("node/signed") ?? []).toString("hex")).toBe(start.written);
  own.saw(start.compared);
  expect(heard).toBe(0);
  own.note(start.compared + 2);
  own.saw(start.compared + 2);
  expect(heard).toBe(0);
  own.saw(start.compared + 1);
  own.saw(start.compared + 1);
  expect(heard).toBe(1);
});

it("remembers a bounded number of own records, and takes none of the older ones for another's", async () => {
  const own = await OwnRecords.load(new MemoryStore(new Map()), "node", 0);
  let heard = 0;
  own.heard = () => {
    heard++;
  };
  const first = 86_400_001;
  for (let at = 0; at < 10_000; at++) own.note(first + at);
  for (let at = 0; at < 10_000; at++) own.saw(first + at);
  expect(heard).toBe(0);
});
