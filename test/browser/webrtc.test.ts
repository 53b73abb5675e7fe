/** Direct links in a real browser, both ends in one page: the suite of the port, large frames, binding, hostile ends. */
import { afterEach, describe, expect, it } from "vitest";
import { WebRtc } from "#adapters/webrtc.ts";
import type { Channel, CloseCode } from "#node/ports.ts";
import { rtcContract } from "../contract/rtc.ts";
import { NEVER } from "../contract/transport.ts";

const LIMIT_MS = 30_000;

async function until(done: () => boolean): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!done()) {
    if (performance.now() > end) throw new Error("it never happened");
    await new Promise((next) => setTimeout(next, 5));
  }
}

/** Peer connections are few in a page, and closed ones count until they are collected: every test closes its own. */
const opened: AbortController[] = [];
const channels: Channel[] = [];
afterEach(() => {
  for (const channel of channels.splice(0)) channel.close("local");
  for (const control of opened.splice(0)) control.abort();
});

async function connect(change: (answer: string) => string = (answer) => answer): Promise<[Channel, Channel]> {
  const control = new AbortController();
  opened.push(control);
  const [one, other] = [new WebRtc(), new WebRtc()];
  const offer = await one.offer([], control.signal);
  const answer = await other.answer(offer.sdp, [], control.signal);
  const pair = await Promise.all([offer.accept(change(answer.sdp)), answer.channel]);
  channels.push(...pair);
  return pair;
}

rtcContract("WebRTC", async () => {
  const rtc = new WebRtc();
  const live: Channel[] = [];
  const keep = <T extends { channel?: Promise<Channel> }>(value: T): T => {
    value.channel?.then((channel) => live.push(channel)).catch(() => undefined);
    return value;
  };
  return {
    offerer: rtc,
    answerer: { offer: rtc.offer.bind(rtc), answer: async (...all) => keep(await rtc.answer(...all)) },
    until,
    close: async () => {
      for (const channel of live) channel.close("local");
    },
  };
});

describe("WebRTC", () => {
  it("says how long it takes to connect two in one page", async () => {
    const before = performance.now();
    await connect();
    console.info(`connected in ${Math.round(performance.now() - before)} ms`);
  });

  it("carries 16 KiB and 64 KiB frames in pieces, mixed with small ones", async () => {
    const [near, far] = await connect();
    const seen: Uint8Array[] = [];
    far.onFrame((frame) => seen.push(frame));
    const sizes = [16_384, 3, 65_536, 16_383, 1, 66_566];
    for (const size of sizes) expect(near.send(new Uint8Array(size).fill(size & 0xff))).toBe(true);
    await until(() => seen.length === sizes.length);
    expect(seen.map((frame) => frame.length)).toEqual(sizes);
    for (const frame of seen) expect(frame.every((byte) => byte === (frame.length & 0xff))).toBe(true);
  });

  it("refuses a frame that is larger than any, and one of no bytes", async () => {
    const [near] = await connect();
    expect(near.send(new Uint8Array(66_567))).toBe(false);
    expect(near.send(new Uint8Array(0))).toBe(false);
  });

  it("does not connect to a certificate that the description did not name", async () => {
    const flip = (answer: string): string =>
      answer.replace(
        /(a=fingerprint:sha-256 )(..)/,
        (_, start: string, pair: string) => start + (pair === "00" ? "01" : "00"),
      );
    await expect(connect(flip)).rejects.toMatchObject({ code: "no-route" });
  });

  it("refuses two fingerprints, and descriptions that are too large, before the browser sees them", async () => {
    const twice = (answer: string): string => answer.replace(/(a=fingerprint:[^\r]*\r\n)/, "$1$1");
    await expect(connect(twice)).rejects.toMatchObject({ code: "malformed" });
    await expect(connect((answer) => `${answer}a=x:${"y".repeat(16_384)}\r\n`)).rejects.toMatchObject({
      code: "malformed",
    });
  });

  it("gives up within the call that a signal ends, and again where nobody answers", async () => {
    const control = new AbortController();
    const offer = await new WebRtc().offer([], control.signal);
    control.abort();
    await expect(offer.accept(offer.sdp)).rejects.toMatchObject({ code: "cancelled" });
  });

  it("tells the other end of a page that closes its connection without a word", async () => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    // A second page of the same origin, whose connections end with it.
    const inside = frame.contentWindow as unknown as { RTCPeerConnection: typeof RTCPeerConnection };
    const own = globalThis.RTCPeerConnection;
    globalThis.RTCPeerConnection = inside.RTCPeerConnection;
    let far: { code?: CloseCode } = {};
    try {
      const control = new AbortController();
      opened.push(control);
      const offer = await new WebRtc().offer([], control.signal);
      globalThis.RTCPeerConnection = own;
      const answer = await new WebRtc().answer(offer.sdp, [], control.signal);
      const [, there] = await Promise.all([offer.accept(answer.sdp), answer.channel]);
      const seen: { code?: CloseCode } = {};
      far = seen;
      void there.closed.then((code) => {
        seen.code = code;
      });
    } finally {
      globalThis.RTCPeerConnection = own;
    }
    frame.remove();
    await until(() => far.code !== undefined);
    expect(["remote", "failed"]).toContain(far.code);
  });

  it.each([
    ["never answers", ["stun:127.0.0.1:10009"]],
    ["the browser refuses", ["stun:127.0.0.1:9", "stun:[fe80::1%eth0]:3478", "stun:", "none"]],
  ])("connects all the same with a STUN server that %s", async (_, stun) => {
    const before = performance.now();
    const offer = await new WebRtc().offer(stun, NEVER);
    const answer = await new WebRtc().answer(offer.sdp, stun, NEVER);
    channels.push(...(await Promise.all([offer.accept(answer.sdp), answer.channel])));
    console.info(`connected in ${Math.round(performance.now() - before)} ms with a dead STUN server on loopback`);
  });
});
