/** Core and node against the vectors of the independent implementation (test/independent, written from docs/protocol). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { deleteBytes, headerOf, putBytes, readBytes, storedBytes } from "#node/machine/cells.ts";
import { ascii, core, hex } from "./support.ts";

interface Proof {
  title: string;
  ownerPk: string;
  address: string;
  header: string;
  reason: number;
  sig: string;
  proves: boolean;
}
interface Vectors {
  network: { name: string; hash: string };
  addresses: { kind: 1 | 2 | 3 | 4; writePk: string; ownerPk: string; day: number; address: string }[];
  card: { edPk: string; mldsaPk: string; address: string };
  cell: { expiry: number; tag: string; header: string; cell: string; hash: string };
  stamps: { address: string; tag: string; hash: string; nonce: string; bits: number }[];
  signed: { title: string; purpose: string; secret: string; key: string; bytes: string; sig: string }[];
  proofs: Proof[];
  answers: { title: string; hex: string; value: unknown }[];
  refused: { title: string; hex: string }[];
}
type Field = number | string | { hex: string } | { big: string } | Field[] | { [name: string]: Field };

const file = new URL("../vectors/independent/storage.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const network = core.network(vectors.network.name);
/** A value of a vector as the port has it. */
function revive(field: Field): unknown {
  if (Array.isArray(field)) return field.map(revive);
  if (typeof field !== "object") return field;
  if ("hex" in field && typeof field.hex === "string") return bytes(field.hex);
  if ("big" in field && typeof field.big === "string") return BigInt(field.big);
  return Object.fromEntries(Object.entries(field).map(([name, inner]) => [name, revive(inner)]));
}

describe("storage as docs/protocol/storage.md has it", () => {
  it("names a network", () => {
    expect(hex(network)).toBe(vectors.network.hash);
    expect(hex(core.hash("network", ascii(vectors.network.name))).slice(0, 32)).toBe(vectors.network.hash);
  });

  it.each(vectors.addresses)("computes an address of kind $kind", ({ kind, writePk, ownerPk, day, address }) => {
    const place = { kind, day, writePk: bytes(writePk), ownerPk: bytes(ownerPk) };
    expect(hex(core.address(place))).toBe(address);
  });

  it("computes where a card lies", () => {
    const { edPk, mldsaPk, address } = vectors.card;
    expect(hex(core.hash("card", core.identityId(bytes(edPk), bytes(mldsaPk))))).toBe(address);
  });

  it("writes a header and hashes a cell", () => {
    const { expiry, tag, header, cell, hash } = vectors.cell;
    expect(hex(headerOf(core, expiry, bytes(tag)))).toBe(header);
    expect(hex(core.hash("cell", bytes(cell)))).toBe(hash);
  });

  it.each(vectors.stamps)("counts $bits bits of the stamp $nonce", ({ address, tag, hash, nonce, bits }) => {
    expect(core.stampBits(network, bytes(address), bytes(tag), bytes(hash), BigInt(nonce))).toBe(bits);
  });

  it.each(vectors.signed)("signs $title", ({ title, purpose, secret, key, bytes: message, sig }) => {
    const parts = bytes(message);
    expect(hex(core.sign(bytes(secret), purpose, network, parts))).toBe(sig);
    expect(core.verify(bytes(key), bytes(sig), purpose, network, parts)).toBe(true);
    expect(hex(again[title as keyof typeof again]())).toBe(message);
  });
  /** The same bytes, as the node puts them together. */
  const at = bytes(vectors.signed[0]?.bytes.slice(0, 64) ?? "");
  const { cell, hash, header, tag, expiry } = vectors.cell;
  const read = bytes(vectors.signed[2]?.bytes ?? "");
  const [holder, innerId] = [read.slice(1, 33), read.slice(33, 49)];
  const sent = Number(new DataView(read.buffer).getBigUint64(49));
  const again = {
    PUT: () => putBytes(at, core.hash("cell", bytes(cell))),
    DELETE: () => deleteBytes(at, bytes(header), 2),
    LIST: () => readBytes("list", holder, innerId, sent, at),
    GET: () => readBytes("get", holder, innerId, sent, at),
    WATCH: () => readBytes("watch", holder, innerId, sent, at),
    STORED: () => storedBytes({ address: at, tag: bytes(tag), hash: bytes(hash), expiry, holder }),
  };

  it.each(vectors.proofs)("takes a deletion $title: $proves", ({ ownerPk, address, header, reason, sig, proves }) => {
    const signed = deleteBytes(bytes(address), bytes(header), reason);
    expect(core.verify(bytes(ownerPk), bytes(sig), "delete", network, signed)).toBe(proves);
  });

  it.each(vectors.answers)("reads and writes an answer: $title", ({ hex: text, value }) => {
    const decoded = core.decode("answer", bytes(text));
    expect(decoded).toEqual({ ok: true, value: revive(value as Field) });
    if (decoded.ok) expect(hex(core.encode("answer", decoded.value))).toBe(text);
  });

  it.each(vectors.refused)("refuses an answer: $title", ({ hex: text }) => {
    expect(core.decode("answer", bytes(text)).ok).toBe(false);
  });
});
