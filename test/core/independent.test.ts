/** The core against the vectors of the independent implementation (test/independent, written from docs/protocol). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ascii, core, hex } from "./support.ts";

const file = new URL("../vectors/independent/storage.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as {
  network: { name: string; hash: string };
  addresses: { kind: 1 | 2 | 3; writePk: string; ownerPk: string; day: number; address: string }[];
};
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

test("a network is named as the page says", () => {
  expect(hex(core.network(vectors.network.name))).toBe(vectors.network.hash);
  expect(hex(core.hash("network", ascii(vectors.network.name))).slice(0, 32)).toBe(vectors.network.hash);
});

test.each(vectors.addresses)("an address of kind $kind is the page's", ({ kind, writePk, ownerPk, day, address }) => {
  const place = { kind, day, writePk: bytes(writePk), ownerPk: bytes(ownerPk) };
  expect(hex(core.address(place))).toBe(address);
});
