/** What the simulator itself writes down: the hash of the event log and the hops of messages. */
import { describe, expect, it } from "vitest";
import { FrameType } from "#node/messages.ts";
import { digest, ROUTED } from "./crypto.ts";
import { EventLog, Hops } from "./log.ts";

const frame = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at * 7);

function hashOf(...events: [number, string, string, Uint8Array][]): string {
  const log = new EventLog();
  for (const event of events) log.add(...event);
  return log.hash();
}

describe("EventLog", () => {
  const event: [number, string, string, Uint8Array] = [5, "a", "b", frame(33)];

  it("is the same for the same events", () => {
    expect(hashOf(event, event)).toBe(hashOf(event, event));
  });

  it("changes with each part of an event and with the order", () => {
    const changed = frame(33);
    changed[32] = 1;
    const others: [number, string, string, Uint8Array][] = [
      [6, "a", "b", frame(33)],
      [5, "c", "b", frame(33)],
      [5, "a", "c", frame(33)],
      [5, "a", "b", changed],
      [5, "a", "b", frame(34)],
    ];
    const hashes = others.map((other) => hashOf(other));
    expect(new Set([hashOf(event), ...hashes]).size).toBe(6);
    expect(hashOf(event, others[0] ?? event)).not.toBe(hashOf(others[0] ?? event, event));
  });
});

describe("Hops", () => {
  it("counts the links a message crossed until it reached its target", () => {
    const hops = new Hops();
    const here = frame(32);
    const message = new Uint8Array(300);
    message[ROUTED.type] = FrameType.data;
    message.set(here, ROUTED.target);
    const elsewhere = new Uint8Array(32).fill(9);
    hops.add(message, elsewhere);
    hops.add(message, elsewhere);
    expect(hops.mean()).toBe(0);
    hops.add(message, here);
    expect(hops.mean()).toBe(3);
    message[ROUTED.id] = 1;
    hops.add(message, here);
    expect(hops.mean()).toBe(2);
    expect(hops.quantile(0.5)).toBe(1);
    expect(hops.quantile(0.99)).toBe(3);
  });
});

describe("digest", () => {
  it("tells apart content, length and where one part ends", () => {
    const inputs = [[frame(10)], [frame(11)], [frame(5), frame(5)], [frame(10), frame(0)], [frame(0), frame(10)]];
    const digests = inputs.map((parts) => digest(32, parts).join());
    expect(new Set(digests).size).toBe(inputs.length);
    expect(digest(64, [frame(3)])).toHaveLength(64);
  });
});
