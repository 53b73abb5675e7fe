/** The module that is checked in, through the port, against the vectors that Rust wrote (core-wasm/tests/vectors.rs). */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { coreOf } from "#adapters/core.ts";
import type { MessageName, Messages } from "#node/messages.ts";
import { FrameType } from "#node/messages.ts";

interface Vectors {
  message: string;
  accepted: { title: string; value: unknown; hex: string }[];
  refused: { title: string; length: number; at: number; put: string; error: string }[];
}
interface FrameVectors {
  accepted: { type: FrameType; payload: string; hex: string }[];
  refused: { title: string; hex: string; error: string }[];
}
type Field = number | string | { hex: string } | { big: string } | Field[] | { [name: string]: Field };

const FOLDER = new URL("../vectors/", import.meta.url);
const core = coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));

const load = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as T;
const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

/** A value of a vector as the port has it: bytes as Uint8Array, 64-bit ids as bigint. */
function revive(field: Field): unknown {
  if (Array.isArray(field)) return field.map(revive);
  if (typeof field !== "object") return field;
  if ("hex" in field && typeof field.hex === "string") return bytesOf(field.hex);
  if ("big" in field && typeof field.big === "string") return BigInt(field.big);
  return Object.fromEntries(Object.entries(field).map(([name, inner]) => [name, revive(inner)]));
}

const NAMES: Record<MessageName, true> = {
  hello: true,
  proof: true,
  record: true,
  ping: true,
  pong: true,
  leave: true,
  records: true,
  ask: true,
  asked: true,
  noRoute: true,
  findBody: true,
  tagged: true,
  request: true,
  answer: true,
  cellHeader: true,
  card: true,
};
const names = Object.keys(NAMES) as MessageName[];

test("every message has a file of vectors", () => {
  const files = new Set(readdirSync(FOLDER));
  expect(names.filter((name) => !files.has(`${name}.json`))).toEqual([]);
});

describe.each(names)("%s", (name) => {
  const { accepted, refused } = load<Vectors>(`${name}.json`);

  test.each(accepted)("$title", ({ value, hex }) => {
    const message = revive(value as Field) as Messages[typeof name];
    expect(Buffer.from(core.encode(name, message)).toString("hex")).toBe(hex);
    expect(core.decode(name, bytesOf(hex))).toEqual({ ok: true, value: message });
  });

  test.each(refused)("refused: $title", ({ length, at, put, error }) => {
    const bytes = new Uint8Array(length);
    bytes.set(bytesOf(accepted[0]!.hex).subarray(0, length));
    bytes.set(bytesOf(put), at);
    expect(core.decode(name, bytes)).toEqual({ ok: false, error });
  });

  test("a cut message is refused, never thrown", () => {
    const whole = bytesOf(accepted[0]!.hex);
    for (let length = 0; length < Math.min(whole.length, 200); length++) {
      const result = core.decode(name, whole.subarray(0, length));
      if (result.ok) expect(core.encode(name, result.value)).toEqual(whole.slice(0, length));
    }
  });
});

describe("frame", () => {
  const { accepted, refused } = load<FrameVectors>("frame.json");

  test.each(accepted)("type $type", ({ type, payload, hex }) => {
    expect(core.frame(type, bytesOf(payload))).toEqual(bytesOf(hex));
    expect(core.unframe(bytesOf(hex))).toEqual({ ok: true, value: { type, payload: bytesOf(payload) } });
  });

  test.each(refused)("refused: $title", ({ hex, error }) => {
    expect(core.unframe(bytesOf(hex))).toEqual({ ok: false, error });
  });
});

describe("routed", () => {
  const { refused } = load<FrameVectors>("routed.json");
  const network = core.network("nodus/1/codec");

  test.each(refused)("refused: $title", ({ hex, error }) => {
    expect(core.openRouted(network, 0, bytesOf(hex))).toEqual({ ok: false, error });
  });

  test("a signed message lies as it is documented", () => {
    const secret = new Uint8Array(32).fill(7);
    const edPk = core.edPublic(secret);
    const target = new Uint8Array(32).fill(0xaa);
    const payload = Uint8Array.of(1, 2, 3);
    const sent = Number.MAX_SAFE_INTEGER;
    const message = { type: FrameType.sealed, target, exact: true, ttl: 14, edPk, nonce: 5n, period: 6, sent, id: 8n };
    const frame = core.routed(secret, network, { ...message, payload });
    const view = new DataView(frame.buffer, frame.byteOffset);
    expect(frame.length).toBe(6 + 93 + 3 + 64);
    expect(frame.subarray(6, 38)).toEqual(target);
    expect([frame[38], frame[39], frame[40]]).toEqual([1, 14, 0]);
    expect(frame.subarray(41, 73)).toEqual(edPk);
    expect([view.getBigUint64(73), view.getUint16(81)]).toEqual([5n, 6]);
    expect([view.getBigUint64(83), view.getBigUint64(91)]).toEqual([BigInt(sent), 8n]);
    expect(frame.subarray(99, 102)).toEqual(payload);
    expect(core.openRouted(network, 0, frame)).toMatchObject({
      ok: true,
      value: { sent, id: 8n, exact: true, payload },
    });
  });
});

describe("mistakes of our own throw and name the field", () => {
  const bytes = (length: number) => new Uint8Array(length);
  const leave = { nodeId: bytes(32), incarnation: 0n, sent: 0, sig: bytes(64) };
  const inbox = { kind: 2, day: 1, writePk: bytes(32), ownerPk: bytes(32) } as const;
  const self: Record<string, unknown> = {};
  self["records"] = [self];

  const cases: [string, MessageName, unknown, string][] = [
    ["a u64 that overflows", "leave", { ...leave, incarnation: 2n ** 64n }, "incarnation: not a bigint"],
    ["a negative u64", "leave", { ...leave, incarnation: -1n }, "incarnation: not a bigint"],
    ["a number for a u64", "leave", { ...leave, incarnation: 1 }, "incarnation: not a bigint"],
    ["a time of 2^53", "leave", { ...leave, sent: 2 ** 53 }, "sent: not a whole number"],
    ["half a millisecond", "leave", { ...leave, sent: 0.5 }, "sent: not a whole number"],
    ["a time that is none", "leave", { ...leave, sent: Number.NaN }, "sent: not a whole number"],
    ["a short key", "leave", { ...leave, nodeId: bytes(31) }, "nodeId: 31 bytes instead of 32"],
    ["text for bytes", "leave", { ...leave, sig: "00" }, "sig: not a Uint8Array"],
    ["a missing field", "leave", {}, "nodeId: not a Uint8Array"],
    ["a u32 that overflows", "ping", { id: 2 ** 32 }, "id: not a whole number"],
    ["nothing", "ping", undefined, "ping: not an object"],
    ["null", "ping", null, "ping: not an object"],
    ["an object that contains itself", "records", self, "records: not a Uint8Array"],
    ["an unknown operation", "request", { op: "prove", innerId: bytes(16) }, "op: unknown value"],
    ["an unknown answer", "answer", { innerId: bytes(16), code: 0, body: { kind: "cells" } }, "kind: unknown value"],
    [
      "a cell of no size",
      "request",
      { op: "put", innerId: bytes(16), place: inbox, signer: 0, sig: bytes(64), stamp: 0n, cell: bytes(2049) },
      "cell: not of a size",
    ],
    [
      "an inbox with a write key",
      "request",
      {
        op: "have",
        innerId: bytes(16),
        place: { ...inbox, writePk: bytes(32).fill(1) },
        tag: bytes(16),
        hash: bytes(32),
      },
      "writePk: not zero",
    ],
  ];
  test.each(cases)("%s", (_, name, message, problem) => {
    expect(() => core.encode(name, message as Messages[typeof name])).toThrow(`encode ${name}: ${problem}`);
    expect(() => core.encode(name, message as Messages[typeof name])).toThrow(TypeError);
  });

  test("what a message does not know is left out", () => {
    const extra = { id: 1, more: () => 1, peer: { peer: {} } };
    expect(core.encode("ping", extra)).toEqual(Uint8Array.of(0, 0, 0, 1));
  });

  test("a view of other bytes is read as the view", () => {
    const sig = bytes(100).fill(9).subarray(10, 74);
    expect(core.encode("proof", { sig })).toEqual(bytes(64).fill(9));
    expect(core.encode("proof", { sig: Buffer.from(sig) })).toEqual(bytes(64).fill(9));
  });
});
