/** Finding one's place: joining by the protocol alone, FIND, gossip of anchors, coming back, losing neighbours. */
import { describe, expect, it } from "vitest";
import { createTestnet, type Testnet } from "#adapters/memory-testnet.ts";
import type { Node } from "#node/api.ts";
import { FrameType, type NodeId } from "#node/messages.ts";
import { concat, core, counter, linkedTo, MINUTE, Net, type Peer } from "./peer-kit.ts";

const SIBLINGS = 8;
const NOBODY = new Uint8Array(32);

const distance = (a: Uint8Array, b: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(a.map((byte, at) => byte ^ (b[at] as number))).toString("hex")}`);
const nearest = (nodes: readonly Node[], to: Uint8Array): Node[] =>
  [...nodes].sort((a, b) => (distance(a.id, to) < distance(b.id, to) ? -1 : 1));
const nodesOf = (net: Testnet): Node[] => net.live().map(({ node }) => node);
/** Of each node's true 8 siblings, how many it is linked to; the least of all nodes. */
const leastSiblings = (nodes: readonly Node[]): number =>
  Math.min(
    ...nodes.map((node) => {
      const others = nodes.filter((other) => other !== node);
      return nearest(others, node.id)
        .slice(0, SIBLINGS)
        .filter((sibling) => linkedTo(node, sibling.id)).length;
    }),
  );
/** Every node reaches every other. */
const reach = async (net: Testnet, pairs: number): Promise<string[]> => {
  const nodes = nodesOf(net);
  const failures: string[] = [];
  for (let index = 0; index < pairs; index++) {
    const from = nodes[net.random.below(nodes.length)] as Node;
    const to = nodes[net.random.below(nodes.length)] as Node;
    if (from === to) continue;
    const sent = from.send({ nodeId: to.id, x25519Pk: to.x25519Pk }, Uint8Array.of(index & 255));
    await net.clock.wait(sent.catch((error: unknown) => void failures.push(String(error))));
  }
  return failures;
};

describe("joining", () => {
  it("through one anchor far away everybody finds its siblings, and all reach all", async () => {
    const limits = { linksWanted: 12, linksMax: 20 };
    const net = await createTestnet(
      { core, nodes: 40, anchors: 1, seed: 5, member: (index) => (index === 0 ? {} : { node: { limits } }) },
      60_000,
    );
    expect(leastSiblings(nodesOf(net))).toBeGreaterThanOrEqual(SIBLINGS - 2);
    expect(await reach(net, 200)).toEqual([]);
    for (const { node } of net.live()) {
      for (const name of Object.keys(node.stats().counters)) expect(name).not.toMatch(/^fault/);
    }
  });

  it("says nothing in its own name before it has a place", async () => {
    const net = new Net("quiet");
    const peers: Peer[] = [];
    const entry = net.listen("entry");
    const node = await net.node("node", { bootstrap: ["ws://entry"] });
    const peer = entry.peers[0] ?? (await entry.came());
    peer.addresses = [{ kind: 1, bytes: core.utf8("ws://entry") }];
    await peer.link();
    peers.push(peer);
    const ask = await peer.heard(FrameType.ask, "ask");
    expect(ask.mode).toBe(1);
    expect(ask.target).toEqual(peer.person.nodeId);
    const body = core.decode("findBody", ask.body);
    expect(body.ok && body.value.key).toEqual(node.id);
    expect(body.ok && body.value.except).toEqual(node.id);
    // It hears of two nearer than the entry: it asks them too, through the entry, and knocks at them.
    const others = [1, 2].map(() => {
      const { edPk, keys, x25519Pk, ...rest } = net.person();
      return peer.record(
        { edPk, nonce: keys.nonce, x25519Pk, addresses: [], capabilities: 0 },
        { edPk, keys, x25519Pk, ...rest },
      );
    });
    peer.say(FrameType.asked, "asked", { id: ask.id, code: 0, answer: core.encode("records", { records: others }) });
    await net.clock.advance(500);
    expect(peer.waiting(FrameType.ask).length).toBeGreaterThanOrEqual(3);
    for (const type of [FrameType.find, FrameType.sealed, FrameType.data]) expect(peer.waiting(type)).toEqual([]);
  });

  it("believes no candidate before it answered itself", async () => {
    const net = new Net("hearsay");
    const node = await net.node("anchor", { listens: true });
    const peer = (await (await net.dial("peer", "ws://anchor")).link()).live();
    const frame = await peer.hearRouted(FrameType.find);
    const { edPk, keys, x25519Pk, ...rest } = net.person();
    const hearsay = peer.record({ edPk, nonce: keys.nonce, x25519Pk }, { edPk, keys, x25519Pk, ...rest });
    const records = core.encode("records", { records: [hearsay, peer.record()] });
    peer.routed(FrameType.answer, node.id, concat(frame.requestId, records));
    await net.clock.advance(100);
    expect(node.stats().knownPeers).toBe(1);
    const asked = net.random.bytes(16);
    const body = core.encode("findBody", { key: NOBODY, except: NOBODY, filter: 0 });
    peer.routed(FrameType.find, node.id, concat(asked, body));
    const told = core.decode("records", (await peer.hearRouted(FrameType.answer)).body);
    expect(told.ok && told.value.records.length).toBe(2);
  });
});

describe("FIND", () => {
  const find = async (peer: Peer, to: NodeId, key: Uint8Array, except: Uint8Array, filter = 0, exact = true) => {
    const body = core.encode("findBody", { key, except, filter });
    peer.routed(FrameType.find, to, concat(peer.net.random.bytes(16), body), { exact });
    const decoded = core.decode("records", (await peer.hearRouted(FrameType.answer)).body);
    if (!decoded.ok) throw new Error("no records");
    return decoded.value.records;
  };

  it("answers with what it knows and is, without the one excepted and the filter's others", async () => {
    const net = new Net("find");
    const node = await net.node("anchor", { listens: true, store: true });
    const peers: Peer[] = [];
    for (let index = 0; index < 4; index++) {
      const peer = await net.dial(`p${index}`, "ws://anchor");
      const capabilities = index % 2 === 0 ? 2 : 0;
      peers.push(await peer.link({ record: peer.record({ capabilities }) }));
    }
    const [peer, other] = peers as [Peer, Peer];
    expect((await find(peer, node.id, NOBODY, NOBODY)).length).toBe(5);
    expect((await find(peer, node.id, NOBODY, peer.person.nodeId)).length).toBe(4);
    expect((await find(peer, node.id, NOBODY, NOBODY, 1)).length).toBe(3);
    expect(await find(peer, node.id, NOBODY, NOBODY, 2)).toEqual([node.record()]);
    // CLOSEST for a key next to the node itself ends at it.
    const key = node.id.slice() as NodeId;
    key[31] = (key[31] ?? 0) ^ 1;
    expect((await find(other, key, key, NOBODY, 0, false)).length).toBe(5);
  });

  it("gives at most 16 records, and never a LEAF", async () => {
    const net = new Net("many");
    const node = await net.node("anchor", { listens: true });
    for (let index = 0; index < 20; index++) {
      const peer = await net.dial(`p${index}`, "ws://anchor");
      const leaf = index < 3 ? 16 : 0;
      const record = peer.record({ capabilities: leaf });
      await peer.link({ record, hello: { record } });
    }
    const asker = await (await net.dial("asker", "ws://anchor")).link();
    const records = await find(asker, node.id, NOBODY, NOBODY);
    expect(records.length).toBe(16);
    for (const bytes of records) {
      const record = core.decode("record", bytes);
      expect(record.ok && record.value.capabilities & 16).toBe(0);
    }
  });

  it("of a whole network finds the nodes nearest to a key", async () => {
    const net = await createTestnet({ core, nodes: 40, seed: 6 }, 60_000);
    const [asker] = nodesOf(net).slice(-1) as [Node];
    const key = net.random.bytes(32);
    const found = await net.clock.wait(asker.find(key, 0));
    const truth = nearest(nodesOf(net), key).filter((node) => node !== asker);
    expect(found.slice(0, 4).map(({ nodeId }) => nodeId)).toEqual(truth.slice(0, 4).map(({ id }) => id));
    const anchors = await net.clock.wait(asker.find(key, 2));
    expect(anchors.length).toBe(3);
    expect(anchors.every(({ anchor, store }) => anchor && store)).toBe(true);
  });
});

describe("the way back", () => {
  it("leads through an anchor that was only heard of, when the one used before is dead", async () => {
    const net = new Net("back");
    await net.node("old", { listens: true });
    await net.node("new", { listens: true, bootstrap: ["ws://old"] });
    const tab = await net.node("tab", { bootstrap: ["ws://old"] });
    await net.clock.advance(10_000);
    expect(tab.stats().knownAnchors).toBe(2);
    await net.clock.wait(tab.close());
    net.hub.kill("old");
    net.clocks.get("old")?.stop();
    const again = await net.node("tab", { bootstrap: ["ws://old"] });
    expect(again.id).toEqual(tab.id);
    expect(again.incarnation).toBeGreaterThan(tab.incarnation);
    expect(await net.clock.until(() => again.online(), 5_000)).toBe(true);
  });

  it("is tried for ever: an anchor that returns after hours is dialed within a minute", async () => {
    const net = new Net("ever");
    const tab = await net.node("tab", { bootstrap: ["ws://anchor"] });
    await net.clock.advance(6 * 60 * MINUTE);
    expect(tab.online()).toBe(false);
    await net.node("anchor", { listens: true });
    expect(await net.clock.until(() => tab.online(), MINUTE)).toBe(true);
  });

  it("takes a second after the last link is lost, and none of a gossiped record that is forged", async () => {
    const net = new Net("lost");
    const anchor = await net.node("anchor", { listens: true });
    const tab = await net.node("tab", { bootstrap: ["ws://anchor"] });
    await net.clock.advance(5_000);
    await net.clock.wait(anchor.close());
    await net.node("anchor", { listens: true });
    expect(tab.online()).toBe(false);
    expect(await net.clock.until(() => tab.online(), 1_300)).toBe(true);
    const peer = await (await net.dial("peer", "ws://anchor")).link();
    const forged = peer.record({ capabilities: 1, addresses: [{ kind: 1, bytes: core.utf8("ws://x") }] }, net.person());
    peer.say(FrameType.anchors, "records", { records: [forged] });
    await net.clock.advance(100);
    expect(tab.stats().knownAnchors).toBe(1);
  });

  it("two anchors are kept while two are to be had", async () => {
    const net = await createTestnet({ core, nodes: 12, anchors: 3, seed: 7 }, 30_000);
    net.crash("n0");
    await net.clock.advance(2 * MINUTE);
    for (const { node, anchor } of net.live()) {
      if (!anchor) expect(node.stats().links.filter((link) => link.anchor).length).toBe(2);
    }
  });

  it("leads all together again after a third has died at once", async () => {
    const limits = { linksWanted: 12, linksMax: 20 };
    const net = await createTestnet(
      { core, nodes: 45, seed: 8, member: (i) => (i < 3 ? {} : { node: { limits } }) },
      60_000,
    );
    for (let index = 3; index < 18; index++) net.crash(`n${index}`);
    await net.clock.advance(2 * MINUTE);
    expect(leastSiblings(nodesOf(net))).toBeGreaterThanOrEqual(SIBLINGS - 2);
    expect(await reach(net, 100)).toEqual([]);
  });

  it("is not taken by a tab to itself: its own address is dialed once and left alone", async () => {
    const net = new Net("self");
    const node = await net.node("anchor", { listens: true, bootstrap: ["ws://anchor", "ws://ANCHOR:80/path"] });
    await net.clock.advance(MINUTE);
    expect(counter(node, "dials")).toBe(0);
  });
});

describe("an address in a record", () => {
  const rules = (loopbackExempt: boolean) => ({ network: { name: "nodus/1/test", bits: 8, loopbackExempt } });
  const anchor = (net: Net, host: string, exempt: boolean, bootstrap: string[] = []) =>
    net.node(host, {
      listens: true,
      addresses: [{ kind: 1, text: `wss://${host}` }],
      bootstrap,
      ...rules(exempt),
    });

  it.each([
    ["10.0.0.7", false, 0],
    ["127.0.0.1", false, 0],
    ["10.0.0.7", true, 1],
    ["b.example.net", false, 1],
  ])("%s, local networks exempt: %s, is dialed %i times", async (host, exempt, times) => {
    const net = new Net(`${host} ${exempt}`);
    await anchor(net, "a.example.org", exempt);
    const other = await anchor(net, host, exempt, ["wss://a.example.org"]);
    const tab = await net.node("tab", { bootstrap: ["wss://a.example.org"], ...rules(exempt) });
    await net.clock.advance(60_000);
    const links = tab.stats().links.filter(({ peer, carrier }) => carrier === "websocket" && peer === hexOf(other.id));
    expect(links).toHaveLength(times);
  });
});
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
