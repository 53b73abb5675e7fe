/** The routing table through the port: what only the boundary can get wrong. The rules are tested in core-wasm. */
import { describe, expect, test } from "vitest";
import type { ContactRecord, NodeId } from "#node/messages.ts";
import { Capability, FrameType } from "#node/messages.ts";
import type { Table } from "#node/ports.ts";
import { DropReason, Verdict } from "#node/ports.ts";
import { core, Dice } from "./support.ts";

const network = core.network("nodus/1/table");
const self = new Uint8Array(32) as NodeId;
const NOW = 1000;

/** An id by its first byte. */
const at = (first: number): NodeId => new Uint8Array(32).fill(0x11).fill(first, 0, 1) as NodeId;

function tableOf(bits = 0): Table {
  const rates = { framesPerSecond: 500, frameBurst: 2000, bytesPerSecond: 4 * 1024 * 1024 };
  const table = core.table({ network, bits, self, ...rates });
  table.setTimeOffset(-NOW);
  for (const first of [0x80, 0xc0, 0xf0]) table.addLink(first, at(first), true, NOW);
  return table;
}

const secret = new Uint8Array(32).fill(5);
const edPk = core.edPublic(secret);
const origin = core.nodeId(network, edPk, 0n, 0, 0)!;

function routed(target: NodeId, id: bigint, payload = new Uint8Array(9)): Uint8Array {
  const message = { type: FrameType.data, target, exact: true, ttl: 14, edPk, nonce: 0n, period: 0, sent: 0, id };
  return core.routed(secret, network, { ...message, payload });
}

const forward = (link: number): number => (Verdict.forward << 24) | link;
const drop = (reason: DropReason): number => (Verdict.drop << 24) | DropReason.indexOf(reason);

describe("frames", () => {
  test("one is forwarded with one hop less, and the caller's bytes are left alone", () => {
    const table = tableOf();
    const frame = routed(at(0xff), 1n);
    const before = frame.slice();
    expect(table.onFrame(frame, 0x80, NOW)).toBe(forward(0xf0));
    const want = before.slice();
    want[6 + 33] = 13;
    expect(table.outgoing()).toEqual(want);
    expect(frame).toEqual(before);
    expect(core.openRouted(network, 0, table.outgoing()).ok).toBe(true);
    expect([table.nextHop(0xf0), table.nextHop(0xc0)]).toEqual([0xc0, 0]);
  });

  test("one for us is taken, a link frame too", () => {
    const table = tableOf();
    expect(table.onFrame(routed(self, 1n), 0x80, NOW)).toBe(Verdict.take);
    expect(table.onFrame(core.frame(FrameType.ping, new Uint8Array(4)), 0x80, NOW)).toBe(Verdict.take);
  });

  test("where nobody is nearer, NO_ROUTE goes back, link by link", () => {
    const [far, near] = [tableOf(), tableOf()];
    expect(far.onFrame(routed(at(0x01), 7n), 0xc0, NOW)).toBe((Verdict.noRoute << 24) | 0xc0);
    const told = far.outgoing().slice();
    expect(told).toEqual(core.frame(FrameType.noRoute, core.encode("noRoute", { origin, id: 7n })));
    expect(near.onFrame(routed(at(0xc1), 7n), 0x80, NOW)).toBe(forward(0xc0));
    expect(near.onFrame(told, 0xc0, NOW)).toBe(forward(0x80));
    expect(near.outgoing()).toEqual(told);
  });

  test("each drop has its reason", () => {
    const table = tableOf();
    const frame = routed(at(0xff), 1n);
    const changed = (index: number, byte: number): Uint8Array => frame.with(index, byte);
    expect(table.onFrame(new Uint8Array(0), 0x80, NOW)).toBe(drop("length"));
    expect(table.onFrame(new Uint8Array(66_567), 0x80, NOW)).toBe(drop("length"));
    expect(table.onFrame(changed(0, 9), 0x80, NOW)).toBe(drop("version"));
    expect(table.onFrame(changed(1, 0x7f), 0x80, NOW)).toBe(drop("type"));
    expect(table.onFrame(changed(6 + 32, 0xff), 0x80, NOW)).toBe(drop("malformed"));
    expect(table.onFrame(frame, 1, NOW)).toBe(drop("unlinked"));
    expect(table.onFrame(changed(6 + 33, 0), 0x80, NOW)).toBe(drop("ttl"));
    expect(table.onFrame(frame, 0x80, NOW + 600_001)).toBe(drop("stale"));
    expect(table.onFrame(frame, 0x80, NOW)).toBe(forward(0xf0));
    expect(table.onFrame(frame, 0xc0, NOW)).toBe(drop("seen"));
    expect(tableOf(60).onFrame(frame, 0x80, NOW)).toBe(drop("work"));
    const told = core.frame(FrameType.noRoute, core.encode("noRoute", { origin, id: 1n }));
    expect(table.onFrame(told, 0x80, NOW)).toBe(drop("loop"));
    const echo = core.table({ network, bits: 0, self, framesPerSecond: 1, frameBurst: 1, bytesPerSecond: 1e6 });
    echo.addLink(1, at(1), true, NOW);
    const ping = core.frame(FrameType.ping, new Uint8Array(4));
    expect([echo.onFrame(ping, 1, NOW), echo.onFrame(ping, 1, NOW)]).toEqual([Verdict.take, drop("rate")]);
  });

  test("the longest frame passes", () => {
    const table = tableOf();
    const frame = routed(at(0xff), 2n, new Uint8Array(66_560 - 157).fill(7));
    expect(frame).toHaveLength(66_566);
    expect(table.onFrame(frame, 0x80, NOW)).toBe(forward(0xf0));
    expect(table.outgoing().subarray(40)).toEqual(frame.subarray(40));
  });

  test("what was sent is not sent again by another's hand", () => {
    const table = tableOf();
    table.sent(origin, 3n, NOW);
    expect(table.onFrame(routed(at(0xff), 3n), 0x80, NOW)).toBe(drop("seen"));
  });

  test("a link that is gone is not used, and a LEAF never", () => {
    const table = tableOf();
    table.addLink(2 ** 24 - 1, at(0xff), false, NOW);
    table.removeLink(0xf0);
    expect(table.onFrame(routed(at(0xff), 1n), 2 ** 24 - 1, NOW)).toBe(forward(0xc0));
    expect(table.links(at(0xff), 10, false)).toEqual([0xc0, 0x80]);
    expect(table.links(at(0xff), 1, false)).toEqual([0xc0]);
    expect(table.links(at(0x01), 10, true)).toEqual([]);
  });
});

describe("the arena", () => {
  test("belongs to who used it last: nobody sends another's frame", () => {
    const [a, b] = [tableOf(), tableOf()];
    a.onFrame(routed(at(0xff), 1n), 0x80, NOW);
    b.onFrame(routed(at(0x81), 2n), 0xc0, NOW);
    expect(a.outgoing()).toHaveLength(0);
    expect(a.nextHop(0xf0)).toBe(0);
    expect(b.outgoing()).not.toHaveLength(0);
  });

  test("stays usable when memory grows", () => {
    const table = tableOf();
    table.onFrame(routed(at(0xff), 1n), 0x80, NOW);
    const old = table.outgoing();
    const many: Table[] = [];
    while (old.byteLength > 0 && many.length < 100_000) many.push(tableOf());
    expect(old.byteLength).toBe(0);
    const frame = routed(at(0xff), 2n);
    expect(table.onFrame(frame, 0x80, NOW)).toBe(forward(0xf0));
    expect(table.outgoing().subarray(40)).toEqual(frame.subarray(40));
    for (const one of many) one.free();
  });

  test("10,000 random frames throw nothing and change nobody else's", () => {
    const dice = new Dice(99);
    const table = tableOf();
    const good = routed(at(0xff), 1n);
    const counts = new Map<number, number>();
    for (let run = 0; run < 10_000; run++) {
      let frame = dice.bytes(dice.below(300));
      if (dice.below(4) > 0) {
        frame = good.slice(0, dice.below(8) ? good.length : dice.below(good.length));
        for (let change = dice.below(4); change > 0; change--) {
          if (frame.length > 0) frame[dice.below(dice.below(2) ? 8 : frame.length) % frame.length] = dice.below(256);
        }
      }
      const answer = table.onFrame(frame, dice.below(3) ? 0x80 : dice.below(256), NOW + run * 10);
      expect(answer >>> 24).toBeLessThanOrEqual(3);
      if (answer >>> 24 === Verdict.drop) expect(DropReason[answer & 0xffffff]).toBeDefined();
      expect(table.outgoing().length).toBeLessThanOrEqual(66_566);
      counts.set(answer, (counts.get(answer) ?? 0) + 1);
    }
    expect(counts.size).toBeGreaterThan(5);
  });
});

describe("knowledge", () => {
  function recordOf(seed: number, capabilities: number, seq = 1): { bytes: Uint8Array; id: NodeId } {
    const key = new Dice(seed).bytes(32);
    const pk = core.edPublic(key);
    const record: ContactRecord = {
      version: 1,
      capabilities,
      edPk: pk,
      nonce: 0n,
      period: 0,
      x25519Pk: pk,
      seq,
      expiry: 0,
      addresses: [],
      sig: new Uint8Array(64),
    };
    return { bytes: core.signRecord(key, network, record), id: core.nodeId(network, pk, 0n, 0, 0)! };
  }

  test("learns, finds, filters and forgets", () => {
    const table = tableOf();
    const anchor = recordOf(1, Capability.anchor | Capability.store);
    const tab = recordOf(2, Capability.store);
    const leaf = recordOf(3, Capability.leaf);
    for (const { bytes } of [anchor, tab]) expect(table.learn(bytes, NOW)).toEqual({ kept: true, probe: undefined });
    expect(table.learn(leaf.bytes, NOW)).toEqual({ kept: false, probe: undefined });
    expect(table.known()).toBe(2);
    expect(table.record(tab.id)).toEqual(tab.bytes);
    expect(table.record(leaf.id)).toBeUndefined();
    expect(table.closest(tab.id, 16, self, 0)).toEqual([tab.bytes, anchor.bytes]);
    expect(table.closest(tab.id, 1, self, 0)).toEqual([tab.bytes]);
    expect(table.closest(tab.id, 16, tab.id, 1)).toEqual([anchor.bytes]);
    expect(table.closest(tab.id, 16, self, 2)).toEqual([anchor.bytes]);
    expect(table.closest(tab.id, 16, self, 77)).toEqual([]);
    table.forget(tab.id);
    expect(table.record(tab.id)).toBeUndefined();
  });

  test("bytes of strangers are not kept", () => {
    const table = tableOf();
    const dice = new Dice(4);
    const good = recordOf(1, 0).bytes;
    for (let run = 0; run < 500; run++) expect(table.learn(dice.bytes(dice.below(200)), NOW).kept).toBe(false);
    for (let cut = 0; cut < good.length; cut++) expect(table.learn(good.subarray(0, cut), NOW).kept).toBe(false);
    expect(tableOf(60).learn(good, NOW).kept).toBe(false);
  });

  test("a full table names whom to probe", () => {
    const table = tableOf();
    let probe: NodeId | undefined;
    let last: Uint8Array = new Uint8Array(0);
    for (let seed = 0; probe === undefined && seed < 2000; seed++) {
      last = recordOf(seed, 0).bytes;
      ({ probe } = table.learn(last, NOW + seed));
    }
    expect(table.known()).toBe(256);
    expect(table.record(probe!)).toBeDefined();
    table.forget(probe!);
    expect(table.learn(last, NOW).kept).toBe(true);
    expect(table.known()).toBe(256);
  });
});

test("bytes of a wrong length from our own side throw and leave the table usable", () => {
  const table = tableOf();
  const short = new Uint8Array(31) as NodeId;
  expect(() => table.addLink(1, short, true, NOW)).toThrow("peer: 31 bytes instead of 32");
  expect(() => table.links(short, 1, false)).toThrow(TypeError);
  expect(() => table.closest(short, 1, short, 0)).toThrow(TypeError);
  expect(() =>
    core.table({ network, bits: 0, self: short, framesPerSecond: 1, frameBurst: 1, bytesPerSecond: 1 }),
  ).toThrow();
  expect(table.onFrame(routed(at(0xff), 9n), 0x80, NOW)).toBe(forward(0xf0));
});
