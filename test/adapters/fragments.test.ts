/** Frames in pieces: one form for each frame, every other refused by name, nothing held after a fault. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_FRAME } from "#adapters/inbox.ts";
import { fragment, PIECE_BYTES, Reassembly } from "#adapters/webrtc-fragments.ts";
import { fingerprintOf } from "#adapters/webrtc-sdp.ts";

const RUNS = { numRuns: 10_000 };
const ERRORS: ReadonlySet<unknown> = new Set(["empty", "oversize", "gap", "short"]);

const filled = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 0xff);
/** What comes out of a sequence of pieces: frames, then perhaps one error. */
function run(pieces: readonly Uint8Array[]): (Uint8Array | string)[] {
  const reassembly = new Reassembly();
  const out: (Uint8Array | string)[] = [];
  for (const piece of pieces) {
    const result = reassembly.push(piece);
    if (result !== undefined) out.push(result);
  }
  return out;
}
const piece = (left: number, length: number): Uint8Array => {
  const bytes = filled(length + 1);
  bytes[0] = left;
  return bytes;
};
const FULL = PIECE_BYTES - 1;

describe("fragments", () => {
  it.each([1, 2, FULL - 1, FULL, FULL + 1, 2 * FULL, 2 * FULL + 1, 65_536, MAX_FRAME])(
    "carries a frame of %i bytes in pieces of at most 16 KiB",
    (length) => {
      const pieces = fragment(filled(length));
      expect(pieces).toHaveLength(Math.ceil(length / FULL));
      for (const each of pieces) expect(each.length).toBeLessThanOrEqual(PIECE_BYTES);
      expect(run(pieces)).toEqual([filled(length)]);
    },
  );

  it("makes no pieces of what is no frame", () => {
    expect(fragment(new Uint8Array())).toEqual([]);
    expect(fragment(new Uint8Array(MAX_FRAME + 1))).toEqual([]);
  });

  it.each([
    ["a piece without bytes", [piece(0, 0)], "empty"],
    ["no bytes at all", [new Uint8Array()], "empty"],
    ["a piece above 16 KiB", [piece(0, FULL + 1)], "oversize"],
    ["more pieces than a frame has", [piece(5, FULL)], "oversize"],
    ["a frame above the largest", [4, 3, 2, 1, 0].map((left) => piece(left, FULL)), "oversize"],
    ["a piece before the last that is not full", [piece(1, FULL - 1)], "short"],
    ["a piece left out", [piece(2, FULL), piece(0, 5)], "gap"],
    ["a piece twice", [piece(2, FULL), piece(2, FULL)], "gap"],
    ["a new frame within another", [piece(2, FULL), piece(1, FULL), piece(4, FULL)], "gap"],
  ])("refuses %s, and all that follows", (_, pieces, error) => {
    expect(run([...pieces, ...fragment(filled(10))])).toEqual([error, error]);
  });

  it("gives back any frames in any mix of sizes", () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: MAX_FRAME })), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const out = run(lengths.flatMap((length) => fragment(filled(length))));
        expect(out.map((frame) => frame.length)).toEqual(lengths);
        if (out[0]) expect(Buffer.compare(out[0] as Uint8Array, filled(lengths[0] ?? 0))).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it("never throws, never gives more than a frame, and stays with its first error", () => {
    const lengths = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(FULL - 1, FULL, FULL + 1));
    const any = fc.tuple(fc.oneof(fc.nat(6), fc.nat(255)), lengths).map(([left, length]) => {
      const bytes = new Uint8Array(length + 1);
      bytes[0] = left;
      return bytes;
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), (pieces) => {
        const out = run(pieces);
        const first = out.findIndex((each) => typeof each === "string");
        const frames = first < 0 ? out : out.slice(0, first);
        const errors = new Set(first < 0 ? [] : out.slice(first));
        expect(Math.max(0, ...frames.map((frame) => frame.length))).toBeLessThanOrEqual(MAX_FRAME);
        expect(errors.size).toBe(first < 0 ? 0 : 1);
        expect([...errors].every((error) => ERRORS.has(error))).toBe(true);
      }),
      RUNS,
    );
  });
});

const LINE = `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, at) => at.toString(16).padStart(2, "0")).join(":")}`;
const sdpOf = (...lines: string[]): string =>
  ["v=0", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", ...lines, ""].join("\r\n");

describe("session descriptions", () => {
  it("reads the one fingerprint, in either case", () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, at) => at);
    expect(fingerprintOf(sdpOf(LINE))).toEqual(bytes);
    expect(fingerprintOf(sdpOf(LINE.toUpperCase().replace("A=FINGERPRINT", "a=fingerprint")))).toEqual(bytes);
  });

  it.each([
    ["none", sdpOf()],
    ["two, even alike", sdpOf(LINE, LINE)],
    ["one of another hash", sdpOf(LINE.replace("sha-256", "sha-1"))],
    ["one besides another hash", sdpOf(LINE, "a=fingerprint:sha-1 00:01")],
    ["a short one", sdpOf(LINE.slice(0, -3))],
    ["a long one", sdpOf(`${LINE}:20`)],
    ["another medium", sdpOf("m=audio 9 UDP/TLS/RTP/SAVPF 111", LINE)],
    ["no data channel", sdpOf(LINE).replace("m=application", "m=video")],
    ["more than 16 KiB", sdpOf(LINE, `a=${"x".repeat(16_384)}`)],
    ["too many candidates", sdpOf(LINE, ...new Array(33).fill("a=candidate:1 1 udp 1 192.0.2.1 1 typ host"))],
    ["no description", "hello"],
  ])("refuses %s", (_, sdp) => {
    expect(fingerprintOf(sdp)).toBeUndefined();
  });

  it("never throws on any text", () => {
    const text = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.string({ maxLength: 40 }).map((tail) => sdpOf(LINE + tail)),
    );
    fc.assert(
      fc.property(text, (sdp) => {
        const fingerprint = fingerprintOf(sdp);
        if (fingerprint) expect(fingerprint).toHaveLength(32);
      }),
      RUNS,
    );
  });
});
