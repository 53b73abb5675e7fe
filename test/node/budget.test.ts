/** What a node gives to others, changed while it runs: pause and caps. */
import { describe, expect, it } from "vitest";
import { createTestnet, type Testnet } from "#adapters/memory-testnet.ts";
import type { Node } from "#node/api.ts";
import { Fault } from "#node/errors.ts";
import { unitOf } from "#node/machine/cells.ts";
import { AnswerCode, AskedCode, Capability, FrameType } from "#node/messages.ts";
import { concat, core, Net } from "./peer-kit.ts";
import { cellOf, deleteRequest, HolderKit, headerIn, pairBox, putRequest, tagIn } from "./storage-kit.ts";

const TAB = "n20";
const SPREAD_MS = 60_000;

const network = (seed: string, nodes = 26): Promise<Testnet> =>
  createTestnet({ core, nodes, anchors: 3, seed, hub: { bindings: "carriers" } }, SPREAD_MS);
const nodeOf = (net: Testnet, host: string): Node => {
  const node = net.members.get(host)?.node;
  if (!node) throw new Error(`${host} is not in`);
  return node;
};
const capabilities = (node: Node): number => {
  const record = core.decode("record", node.record());
  if (!record.ok) throw new Error("no record");
  return record.value.capabilities;
};
const links = (node: Node): number => node.stats().links.length;
const counted = (node: Node, name: string): number => node.stats().counters[name] ?? 0;
/** Messages between random others; how many were not acknowledged. */
const lost = async (net: Testnet, messages: number): Promise<number> => {
  const nodes = net.live().map(({ node }) => node);
  const failures: unknown[] = [];
  for (let at = 0; at < messages; at += 1) {
    const [from, to] = [nodes[net.random.below(nodes.length)] as Node, nodes[net.random.below(nodes.length)] as Node];
    if (from === to) continue;
    const sent = from.send({ nodeId: to.id, x25519Pk: to.x25519Pk }, Uint8Array.of(1));
    await net.clock.wait(sent.catch((error: unknown) => void failures.push(error)));
  }
  return failures.length;
};

describe("a paused node", () => {
  it("keeps three links, says so in its record, carries and keeps nothing, and comes back", async () => {
    const net = await network("pause");
    const node = nodeOf(net, TAB);
    const before = links(node);
    expect(capabilities(node) & Capability.store).toBe(Capability.store);
    node.pause(true);
    await net.clock.advance(SPREAD_MS);
    expect(links(node)).toBeLessThanOrEqual(3);
    expect(node.online()).toBe(true);
    expect(node.stats()).toMatchObject({ paused: true, storing: false });
    expect(capabilities(node) & (Capability.store | Capability.relay)).toBe(0);

    const { forwarded } = node.stats().counters;
    const kept = node.stats().cellsKept;
    const carried = counted(node, "carried");
    expect(await lost(net, 100)).toBe(0);
    for (let at = 0; at < 6; at += 1) {
      const cell = cellOf(2_048, unitOf(net.clock.wall()) + 28);
      expect(await net.clock.wait(nodeOf(net, "n9").put(pairBox(at).box, cell, "write"))).toMatchObject({ held: 8 });
    }
    expect(node.stats().counters["forwarded"]).toBe(forwarded);
    expect(counted(node, "carried")).toBe(carried);
    expect(node.stats().cellsKept).toBe(kept);
    expect(links(node)).toBeLessThanOrEqual(3);

    node.pause(false);
    await net.clock.advance(SPREAD_MS);
    expect(node.stats()).toMatchObject({ paused: false, storing: true });
    expect(capabilities(node) & Capability.store).toBe(Capability.store);
    expect(links(node)).toBeGreaterThan(before / 2);
    expect(await lost(net, 50)).toBe(0);
    for (const { node: one } of net.live()) {
      for (const name of Object.keys(one.stats().counters)) expect(name).not.toMatch(/^fault/);
    }
  });

  it("puts, hears, fetches and sends on its own account, and gives out what it had promised", async () => {
    const net = await network("own", 12);
    const [paused, other] = [nodeOf(net, "n7"), nodeOf(net, "n5")];
    const old = pairBox();
    const promised = cellOf(2_048, unitOf(net.clock.wall()) + 28);
    expect(await net.clock.wait(other.put(old.box, promised, "write"))).toMatchObject({ held: 8 });
    const box = pairBox();
    const heard: Uint8Array[] = [];
    const watch = paused.watch(box.box, (header) => void heard.push(header));
    await net.clock.wait(watch.listed);
    paused.pause(true);
    await net.clock.advance(SPREAD_MS);
    const cell = cellOf(2_048, unitOf(net.clock.wall()) + 28);
    expect(await net.clock.wait(other.put(box.box, cell, "write"))).toMatchObject({ held: 8 });
    await net.clock.advance(5_000);
    expect(heard).toEqual([headerIn(cell)]);
    expect((await net.clock.wait(paused.get(box.box, [tagIn(cell)]))).cells).toHaveLength(1);
    const own = cellOf(2_048, unitOf(net.clock.wall()) + 28);
    expect(await net.clock.wait(paused.put(box.box, own, "write"))).toMatchObject({ held: 8 });
    await net.clock.wait(paused.send({ nodeId: other.id, x25519Pk: other.x25519Pk }, Uint8Array.of(1)));
    await net.clock.wait(other.send({ nodeId: paused.id, x25519Pk: paused.x25519Pk }, Uint8Array.of(2)));
    const { entries } = await net.clock.wait(other.list(old.box, "all"));
    expect(entries).toMatchObject([{ header: headerIn(promised) }]);
    watch.close();
  });
});

describe("messages that meet a paused node", () => {
  it("end there with NO_ROUTE, asks of neighbours with busy, and what is for it arrives", async () => {
    const net = new Net("carry");
    const node = await net.node("anchor", { listens: true, store: true });
    const [from, to] = [
      await (await net.dial("from", "ws://anchor")).link(),
      await (await net.dial("to", "ws://anchor")).link(),
    ];
    const payload = concat(net.random.bytes(16), core.utf8("hello"));
    const say = async (target = to.person.nodeId): Promise<void> => {
      from.inbox.length = 0;
      to.inbox.length = 0;
      from.routed(FrameType.data, target, payload);
      from.say(FrameType.ask, "ask", { id: net.random.bytes(16), mode: 0, target, body: net.random.bytes(300) });
      await net.clock.advance(200);
    };
    await say();
    expect(to.waiting(FrameType.data)).toHaveLength(1);
    expect(to.waiting(FrameType.sealed)).toHaveLength(1);
    expect(node.stats().carried.frames).toBe(1);

    node.pause(true);
    await say();
    expect(to.waiting(FrameType.data)).toHaveLength(0);
    expect(to.waiting(FrameType.sealed)).toHaveLength(0);
    expect(await from.heard(FrameType.asked, "asked")).toMatchObject({ code: AskedCode.busy });
    await say();
    expect(from.waiting(FrameType.noRoute)).toHaveLength(1);
    expect(node.stats().carried.frames).toBe(1);
    const heard: Uint8Array[] = [];
    node.on("message", ({ payload: told }) => void heard.push(told));
    await say(node.id);
    expect(heard).toEqual([core.utf8("hello")]);

    node.pause(false);
    await say();
    expect(to.waiting(FrameType.data)).toHaveLength(1);
    expect(node.stats().carried.frames).toBe(2);
  });
});

describe("numbers for a map", () => {
  it("tell frames and bytes that were carried, and all that went in and out, also over links that are gone", async () => {
    const net = new Net("traffic");
    const node = await net.node("anchor", { listens: true });
    const [from, to] = [
      await (await net.dial("from", "ws://anchor")).link(),
      await (await net.dial("to", "ws://anchor")).link(),
    ];
    for (const size of [100, 1_000]) from.routed(FrameType.data, to.person.nodeId, new Uint8Array(size));
    await net.clock.advance(200);
    const sizes = to.waiting(FrameType.data).map(({ length }) => length);
    expect(sizes).toHaveLength(2);
    expect(node.stats().carried).toEqual({ frames: 2, bytes: (sizes[0] ?? 0) + (sizes[1] ?? 0) });
    const before = node.stats();
    const sum = (name: "bytesIn" | "bytesOut"): number => before.links.reduce((all, link) => all + link[name], 0);
    expect(before.traffic).toEqual({ bytesIn: sum("bytesIn"), bytesOut: sum("bytesOut") });
    from.channel.close("local");
    await net.clock.advance(200);
    const { traffic, links: left } = node.stats();
    expect(left).toHaveLength(1);
    expect(traffic.bytesIn).toBeGreaterThanOrEqual(before.traffic.bytesIn);
    expect(traffic.bytesOut).toBeGreaterThanOrEqual(before.traffic.bytesOut);
  });

  it("tell in which slice of the keyspace cells are kept, and nothing finer", async () => {
    const holder = new HolderKit();
    const boxes = Array.from({ length: 100 }, () => pairBox());
    const expected = new Array<number>(64).fill(0);
    for (const box of boxes) {
      holder.code(putRequest(box, cellOf()));
      const slice = (box.address[0] ?? 0) >> 2;
      expected[slice] = (expected[slice] ?? 0) + 1;
    }
    expect(holder.machine.keptAt).toEqual(expected);
    const [first] = boxes;
    if (!first) throw new Error("no box");
    for (const { header } of holder.list(first)) holder.code(deleteRequest(first, header));
    const slice = (first.address[0] ?? 0) >> 2;
    expected[slice] = (expected[slice] ?? 0) - 1;
    expect(holder.machine.keptAt).toEqual(expected);
    const again = new HolderKit({ disk: holder.disk, clocks: holder.clocks, id: holder.id });
    expect(again.machine.keptAt).toEqual(expected);

    const net = await network("kept", 6);
    await net.clock.wait(nodeOf(net, "n4").put(pairBox().box, cellOf(2_048, unitOf(net.clock.wall()) + 28), "write"));
    const { keptAt, cellsKept } = nodeOf(net, "n5").stats();
    expect(keptAt).toHaveLength(64);
    expect(keptAt.reduce((all, count) => all + count, 0)).toBe(cellsKept);
    expect(cellsKept).toBe(1);
  });
});

describe("caps", () => {
  it("of links take effect on those there are, and let them grow again", async () => {
    const net = await network("caps");
    const node = nodeOf(net, TAB);
    const before = links(node);
    expect(before).toBeGreaterThan(12);
    node.setLimits({ linksWanted: 10, linksMax: 12 });
    expect(node.stats().limits).toMatchObject({ linksWanted: 10, linksMax: 12 });
    await net.clock.advance(SPREAD_MS);
    expect(links(node)).toBeLessThanOrEqual(12);
    expect(await lost(net, 100)).toBe(0);
    node.setLimits({ linksWanted: 40, linksMax: 64 });
    await net.clock.advance(2 * SPREAD_MS);
    expect(links(node)).toBeGreaterThan(12);
  });

  it("of bytes hold for the links there are", async () => {
    const net = await network("bytes", 8);
    const [node, other] = [nodeOf(net, "n5"), nodeOf(net, "n6")];
    node.setLimits({ bytesPerSecond: 1_000 });
    const peer = { nodeId: node.id, x25519Pk: node.x25519Pk };
    const sends = Array.from({ length: 40 }, () => other.send(peer, new Uint8Array(4_000)).catch(() => undefined));
    await net.clock.wait(Promise.all(sends));
    expect(counted(node, "dropped.rate")).toBeGreaterThan(0);
  });

  it("of storage evict nothing, take nothing more, and leave the record until there is room", async () => {
    const holder = new HolderKit({ storeBytes: 20 * 2_560 });
    const box = pairBox();
    for (let at = 0; at < 10; at += 1) expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.ok);
    holder.resize(5 * 2_560);
    expect(holder.full).toEqual([true]);
    expect(holder.list(box)).toHaveLength(10);
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.full);
    holder.resize(20 * 2_560);
    expect(holder.full).toEqual([true, false]);
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.ok);
    holder.resize(0);
    holder.advance(3_600_000);
    expect(holder.full).toEqual([true, false, true]);

    const net = await network("store", 8);
    const node = nodeOf(net, "n6");
    const told: unknown[] = [];
    node.on("full", (detail) => void told.push(detail));
    node.setLimits({ storeBytes: 0 });
    await net.clock.advance(1_000);
    expect(node.stats()).toMatchObject({ storing: false, limits: { storeBytes: 0 } });
    expect(capabilities(node) & Capability.store).toBe(0);
    expect(told).toHaveLength(1);
    node.pause(true);
    node.pause(false);
    expect(node.stats().storing).toBe(false);
    node.setLimits({ storeBytes: 1_000_000 });
    expect(capabilities(node) & Capability.store).toBe(Capability.store);
  });

  it("that cannot be kept to are refused", async () => {
    const net = await network("malformed", 4);
    const node = nodeOf(net, "n3");
    const before = node.stats().limits;
    for (const caps of [{ linksMax: 2 }, { storeBytes: -1 }, { bytesPerSecond: Number.NaN }, { links: 5 } as object]) {
      expect(() => node.setLimits(caps)).toThrow(Fault);
    }
    expect(node.stats().limits).toEqual(before);
  });
});
