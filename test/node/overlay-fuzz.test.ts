/** Bytes of strangers against a whole node: whatever comes, no machine falls over, and honest links go on. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Node } from "#node/api.ts";
import { FrameType } from "#node/messages.ts";
import { concat, core, Net, type Peer } from "./peer-kit.ts";

const RUNS = 10_000;
const ROUTED = [FrameType.find, FrameType.sealed, FrameType.answer, FrameType.data];
const TYPES = [...Object.values(FrameType), 0x00, 0x14, 0x30, 0xff];

const faults = (node: Node): string[] => Object.keys(node.stats().counters).filter((name) => name.startsWith("fault"));

/** Payloads that are right but for a few bytes, and plain noise. */
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.nat(3) }),
);

describe("any bytes", () => {
  it("on a link are taken or dropped, and nothing falls over", async () => {
    const net = new Net("fuzz");
    const node = await net.node("anchor", { listens: true, store: true });
    const honest = (await (await net.dial("honest", "ws://anchor")).link()).live();
    let peer: Peer = (await (await net.dial("peer", "ws://anchor")).link()).live();
    const samples = (): Uint8Array[] => {
      const { person } = peer;
      const id = net.random.bytes(16);
      const find = core.encode("findBody", { key: concat(id, id), except: new Uint8Array(32), filter: 0 });
      return [
        core.encode("ping", { id: 1 }),
        core.encode("pong", { id: 1, wall: peer.time() }),
        peer.record(),
        core.encode("records", { records: [peer.record()] }),
        core.encode("ask", { id, mode: 1, target: node.id, body: find }),
        core.encode("ask", { id, mode: 0, target: node.id, body: net.random.bytes(64) }),
        core.encode("asked", { id, code: 0, answer: find }),
        core.encode("noRoute", { origin: node.id, id: 1n }),
        core.encode("leave", { nodeId: person.nodeId, incarnation: 1n, sent: peer.time(), sig: new Uint8Array(64) }),
        find,
      ];
    };
    const frames = fc.sample(fc.tuple(fc.constantFrom(...TYPES), payload, fc.nat(9), fc.boolean()), {
      numRuns: RUNS,
      seed: 11,
    });
    let sent = 0;
    for (const [type, what, which, routed] of frames) {
      let bytes: Uint8Array;
      if (what instanceof Uint8Array) bytes = what;
      else {
        bytes = (samples()[which] as Uint8Array).slice(0, -what.cut || undefined);
        if (bytes.length > 0) bytes[what.at % bytes.length] = what.byte;
      }
      if (routed) peer.routed(ROUTED.find((one) => one === type) ?? FrameType.data, node.id, bytes);
      else peer.channel.send(concat(Uint8Array.of(1, type, 0, 0, bytes.length >> 8, bytes.length & 255), bytes));
      sent += 1;
      if (sent % 50 === 0) {
        await net.clock.advance(200);
        peer.inbox.length = 0;
        if (peer.closed !== undefined) peer = (await (await net.dial("peer", "ws://anchor")).link()).live();
      }
    }
    await net.clock.advance(60_000);
    expect(faults(node)).toEqual([]);
    expect(honest.closed).toBeUndefined();
    expect(node.stats().counters["dropped.malformed"]).toBeGreaterThan(100);
  });

  it("in place of a handshake end it, and nothing falls over", async () => {
    const net = new Net("fuzz-handshake");
    const node = await net.node("anchor", { listens: true });
    const cuts = fc.sample(fc.tuple(fc.nat(2), fc.nat(700), fc.nat(255)), { numRuns: 300, seed: 12 });
    for (const [step, at, byte] of cuts) {
      const peer = await net.dial("peer", "ws://anchor");
      const broken = (bytes: Uint8Array): Uint8Array => {
        const copy = bytes.slice();
        copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (byte || 1);
        return copy;
      };
      const send = peer.channel.send.bind(peer.channel);
      let frame = 0;
      Object.assign(peer.channel, {
        send: (bytes: Uint8Array) => {
          frame += 1;
          return send(frame - 1 === step ? broken(bytes) : bytes);
        },
      });
      await peer.link().catch(() => undefined);
      await net.clock.advance(100);
      expect(faults(node)).toEqual([]);
      const linked = node.stats().links.length;
      // A byte of the record's times, or of our random bytes, may change without harm; anything else may not.
      if (step === 1) expect(linked).toBe(0);
      peer.channel.close("local");
      await net.clock.advance(100);
    }
    const peer = await (await net.dial("last", "ws://anchor")).link();
    expect(peer.closed).toBeUndefined();
  });
});
