/** Names that are hashes, proof of work, and the two messages that prove their author, as protocol.md has them. */
import { describe, expect, test } from "vitest";
import type { ContactRecord } from "#node/messages.ts";
import { FrameType } from "#node/messages.ts";
import { ascii, blake2b256, concat, core, Dice, prefix } from "./support.ts";

const network = core.network("nodus/1/test");
const dice = new Dice(11);
const secret = dice.bytes(32);
const edPk = core.edPublic(secret);

const u64 = (value: bigint): Uint8Array => {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, value);
  return out;
};
const H = (purpose: string, ...parts: Uint8Array[]): Uint8Array => blake2b256(concat(prefix(purpose), ...parts));
/** Leading zero bits, slowly. */
const zeros = (digest: Uint8Array): number => {
  const bits = Array.from(digest, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.indexOf("1") < 0 ? 256 : bits.indexOf("1");
};

describe("names", () => {
  test("a network", () => {
    expect(network).toEqual(H("network", ascii("nodus/1/test")).slice(0, 16));
  });

  test("a NodeID, above and below its bits", () => {
    for (let nonce = 0n; nonce < 40n; nonce++) {
      const digest = H("pow", network, edPk, u64(nonce), Uint8Array.of(1, 2));
      const reached = zeros(digest);
      expect(core.nodeId(network, edPk, nonce, 0x0102, reached)).toEqual(H("node-id", digest));
      expect(core.nodeId(network, edPk, nonce, 0x0102, reached + 1)).toBeUndefined();
    }
  });

  test("a person", () => {
    const mldsaPk = dice.bytes(2592);
    expect(core.identityId(edPk, mldsaPk)).toEqual(H("identity", edPk, H("mldsa", mldsaPk)));
  });

  test("the address of a box and of a card", () => {
    const [zero, key] = [new Uint8Array(32), dice.bytes(32)];
    const at = (kind: number, write: Uint8Array, owner: Uint8Array, day: number): Uint8Array =>
      H("address", Uint8Array.of(kind), write, owner, Uint8Array.of(day >> 8, day));
    expect(core.address({ kind: 1, day: 300, writePk: key, ownerPk: key })).toEqual(at(1, key, key, 300));
    expect(core.address({ kind: 2, day: 300, writePk: zero, ownerPk: key })).toEqual(at(2, zero, key, 300));
    expect(core.address({ kind: 3, day: 0, writePk: edPk, ownerPk: key })).toEqual(at(3, edPk, key, 0));
    expect(core.address({ kind: 5, address: key })).toEqual(key);
    expect(() => core.address({ kind: 1, day: 65_536, writePk: key, ownerPk: key })).toThrow("day");
  });
});

describe("proof of work", () => {
  test("a key is solved and named", () => {
    const job = core.idWork(network, edPk, 0, 12);
    const nonce = core.search(job, 0n, 1e6)!;
    expect(zeros(H("pow", network, edPk, u64(nonce), new Uint8Array(2)))).toBeGreaterThanOrEqual(12);
    expect(core.nodeId(network, edPk, nonce, 0, 12)).toHaveLength(32);
    expect(core.search(job, 0n, Number(nonce))).toBeUndefined();
    expect(core.search(job, nonce, 1)).toBe(nonce);
  });

  test("a stamp is solved and weighed", () => {
    const [address, tag, hash] = [dice.bytes(32), dice.bytes(16), dice.bytes(32)];
    const nonce = core.search(core.stampWork(network, address, tag, hash, 10), 0n, 1e6)!;
    const reached = zeros(H("stamp", network, address, tag, hash, u64(nonce)));
    expect(reached).toBeGreaterThanOrEqual(10);
    expect(core.stampBits(network, address, tag, hash, nonce)).toBe(reached);
  });

  test("the vector code finds what the reference finds, whatever the alignment", () => {
    for (let length = 0; length <= 118; length += 7) {
      const [head, tail] = [dice.bytes(length), dice.bytes(length % 3)];
      // Across a carry out of the low bytes.
      const from = 2n ** 32n - 40n;
      const fits = (nonce: bigint): boolean => zeros(blake2b256(concat(head, u64(nonce), tail))) >= 4;
      const want = Array.from({ length: 80 }, (_, at) => from + BigInt(at)).find(fits);
      expect(core.search({ head, tail, bits: 4 }, from, 80)).toBe(want);
    }
  });

  test("a search can be cut into pieces", () => {
    const job = core.idWork(network, edPk, 3, 14);
    const whole = core.search(job, 0n, 1e7);
    let found: bigint | undefined;
    for (let from = 0n; found === undefined; from += 777n) found = core.search(job, from, 777);
    expect(found).toBe(whole);
  });

  test("jobs that cannot be throw", () => {
    const none = new Uint8Array(0);
    expect(() => core.search({ head: new Uint8Array(121), tail: none, bits: 1 }, 0n, 1)).toThrow(TypeError);
    expect(() => core.search({ head: none, tail: none, bits: 65 }, 0n, 1)).toThrow(TypeError);
    expect(core.search({ head: none, tail: none, bits: 0 }, 5n, 0)).toBeUndefined();
    expect(core.search({ head: none, tail: none, bits: 0 }, 5n, Number.NaN)).toBeUndefined();
    expect(core.search({ head: none, tail: none, bits: 64 }, 2n ** 64n - 2n, 1000)).toBeUndefined();
  });
});

const BITS = 8;
const nonce = core.search(core.idWork(network, edPk, 0, BITS), 0n, 1e6)!;
const nodeId = core.nodeId(network, edPk, nonce, 0, BITS)!;

describe("a contact record", () => {
  const record: ContactRecord = {
    version: 1,
    capabilities: 3,
    edPk,
    nonce,
    period: 0,
    x25519Pk: dice.bytes(32),
    seq: 1_800_000_000_000,
    expiry: 500_000,
    addresses: [{ kind: 1, bytes: ascii("wss://example.org") }],
    sig: new Uint8Array(64),
  };
  const bytes = core.signRecord(secret, network, record);

  test("is signed, decoded, verified and named", () => {
    const checked = core.checkRecord(network, BITS, bytes);
    expect(checked).toEqual({ ok: true, value: { record: { ...record, sig: bytes.slice(-64) }, nodeId } });
    expect(core.verify(edPk, bytes.slice(-64), "record", network, bytes.slice(0, -64))).toBe(true);
  });

  test("is refused when anything in it changes", () => {
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 1;
      expect(core.checkRecord(network, BITS, changed).ok).toBe(false);
    }
  });

  test("is refused in another network and below the bits", () => {
    const refused = { ok: false, error: "signature" };
    expect(core.checkRecord(core.network("nodus/1/other"), 0, bytes)).toEqual(refused);
    expect(core.checkRecord(network, 64, bytes)).toEqual(refused);
    expect(core.checkRecord(network, BITS, bytes.subarray(1))).toMatchObject({ ok: false });
  });
});

describe("a routed message", () => {
  const message = { type: FrameType.sealed, target: dice.bytes(32), exact: true, ttl: 14, edPk, nonce, period: 0 };
  const whole = { ...message, sent: 1_800_000_000_000, id: 2n ** 64n - 1n, payload: dice.bytes(100) };
  const frame = core.routed(secret, network, whole);

  test("is signed, opened and named", () => {
    const { type, target, exact, ttl, sent, id, payload } = whole;
    const value = { type, target, exact, ttl, origin: nodeId, originEdPk: edPk, sent, id, payload };
    expect(core.openRouted(network, BITS, frame)).toEqual({ ok: true, value });
  });

  test("is opened after hops and refused after any other change", () => {
    for (let at = 0; at < frame.length; at++) {
      const changed = frame.slice();
      changed[at]! ^= 1;
      expect(core.openRouted(network, BITS, changed).ok, `byte ${at}`).toBe(at === 6 + 33);
    }
  });

  test("of a wrong type or a time that is none throws", () => {
    expect(() => core.routed(secret, network, { ...whole, type: FrameType.ping })).toThrow(TypeError);
    expect(() => core.routed(secret, network, { ...whole, sent: 2 ** 60 })).toThrow(TypeError);
  });
});
