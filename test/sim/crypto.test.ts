/** The fast arithmetic of simulations refuses what the real one refuses, and its bytes are read by the same codecs. */
import { describe, expect, it } from "vitest";
import { FrameType } from "#node/messages.ts";
import type { Core, NewRouted } from "#node/ports.ts";
import { loadCore } from "./core.ts";
import { fastCore } from "./crypto.ts";

const BITS = 8;
const real = loadCore();
const network = real.network("nodus/1/test");
const [seed, otherSeed] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const text = real.utf8("a message");

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}

function solved(core: Core, secret: Uint8Array): { edPk: Uint8Array; nonce: bigint } {
  const edPk = core.edPublic(secret);
  const nonce = core.search(core.idWork(network, edPk, 0, BITS), 0n, 100_000);
  if (nonce === undefined) throw new Error("no nonce in 100,000");
  return { edPk, nonce };
}

describe.each([
  ["real", real],
  ["fast", fastCore(real)],
] as const)("%s arithmetic", (_name, core) => {
  const { edPk, nonce } = solved(core, seed);

  it("verifies what was signed, for the purpose and with the key it was signed for", () => {
    const sig = core.sign(seed, "put", network, text);
    expect(core.verify(edPk, sig, "put", network, text)).toBe(true);
    expect(core.verify(edPk, flipped(sig, 3), "put", network, text)).toBe(false);
    expect(core.verify(edPk, sig, "delete", network, text)).toBe(false);
    expect(core.verify(edPk, sig, "put", network, flipped(text, 0))).toBe(false);
    expect(core.verify(core.edPublic(otherSeed), sig, "put", network, text)).toBe(false);
  });

  it("agrees on a secret from both ends", () => {
    const [one, other] = [core.x25519Public(seed), core.x25519Public(otherSeed)];
    expect(core.x25519(seed, other)).toEqual(core.x25519(otherSeed, one));
    expect(core.x25519(seed, other)).not.toEqual(core.x25519(seed, one));
  });

  it("opens what was sealed, and nothing else", () => {
    const [nonce12, aad] = [new Uint8Array(12), real.utf8("aad")];
    const sealed = core.seal(seed, nonce12, aad, text);
    expect(sealed).toHaveLength(text.length + 16);
    expect(core.open(seed, nonce12, aad, sealed)).toEqual(text);
    expect(core.open(otherSeed, nonce12, aad, sealed)).toBeUndefined();
    expect(core.open(seed, nonce12, text, sealed)).toBeUndefined();
    expect(core.open(seed, nonce12, aad, flipped(sealed, 0))).toBeUndefined();
    expect(core.open(seed, nonce12, aad, new Uint8Array(5))).toBeUndefined();
  });

  it("signs a record that its own check takes, and only unchanged", () => {
    const bytes = core.signRecord(seed, network, {
      version: 1,
      capabilities: 3,
      edPk,
      nonce,
      period: 0,
      x25519Pk: core.x25519Public(seed),
      seq: 1_790_000_000_000,
      expiry: 300_000,
      addresses: [{ kind: 1, bytes: real.utf8("ws://n0") }],
      sig: new Uint8Array(64),
    });
    const checked = core.checkRecord(network, BITS, bytes);
    expect(checked).toMatchObject({ ok: true, value: { record: { seq: 1_790_000_000_000 } } });
    expect(core.checkRecord(network, BITS, flipped(bytes, bytes.length - 1)).ok).toBe(false);
    expect(core.checkRecord(network, BITS, flipped(bytes, 90)).ok).toBe(false);
    expect(core.checkRecord(network, 40, bytes).ok).toBe(false);
  });

  it("opens a routed frame whatever its ttl became, and only otherwise unchanged", () => {
    const message: NewRouted = {
      type: FrameType.data,
      target: new Uint8Array(32).fill(9),
      exact: true,
      ttl: 14,
      edPk,
      nonce,
      period: 0,
      sent: 1_790_000_000_000,
      id: 0x1234_5678_9abc_def0n,
      payload: text,
    };
    const frame = core.routed(seed, network, message);
    frame[39] = 3;
    const opened = core.openRouted(network, BITS, frame);
    expect(opened).toMatchObject({
      ok: true,
      value: { type: FrameType.data, exact: true, ttl: 3, sent: message.sent, id: message.id, originEdPk: edPk },
    });
    expect(opened.ok && opened.value.payload).toEqual(text);
    expect(opened.ok && opened.value.target).toEqual(message.target);
    expect(opened.ok && opened.value.origin).toEqual(core.nodeId(network, edPk, nonce, 0, BITS));
    for (const at of [8, 85, 95, 101, frame.length - 1]) {
      expect(core.openRouted(network, BITS, flipped(frame, at)).ok, `byte ${at}`).toBe(false);
    }
    expect(core.openRouted(network, BITS, frame.subarray(0, 100)).ok).toBe(false);
  });
});
