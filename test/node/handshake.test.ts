/** Who becomes a link and who does not: a real node against peers that lie at one step each. */
import { describe, expect, it } from "vitest";
import { FrameType } from "#node/messages.ts";
import { core, counter, linkedTo, MINUTE, Net, type Peer } from "./peer-kit.ts";

const URL = "ws://anchor";

const anchored = async (bindings: "none" | "carriers" = "carriers") => {
  const net = new Net("handshake", bindings);
  const node = await net.node("anchor", { listens: true });
  return { net, node };
};
/** The node closed this channel and counted why. */
const refused = async (net: Net, peer: Peer, node: Parameters<typeof counter>[0], reason: string): Promise<void> => {
  await net.clock.advance(1_000);
  expect(peer.closed).toBeDefined();
  expect(counter(node, `refused.${reason}`)).toBe(1);
  expect(node.stats().links).toEqual([]);
};

describe("handshake", () => {
  it("links a peer that says HELLO, PROOF and RECORD, on every kind of binding", async () => {
    for (const bindings of ["none", "carriers"] as const) {
      const { net, node } = await anchored(bindings);
      const peer = await (await net.dial("peer", URL)).link();
      expect(linkedTo(node, peer.person.nodeId)).toBe(true);
      expect(peer.theirHello?.role).toBe(1);
      expect(peer.theirId).toEqual(node.id);
    }
  });

  it("proves itself to nobody who has not proved himself before", async () => {
    const { net } = await anchored();
    const peer = await net.dial("peer", URL);
    peer.sayHello();
    await peer.hearHello();
    await net.clock.advance(4_000);
    expect(peer.inbox).toEqual([]);
  });

  it("refuses its own HELLO sent back to it", async () => {
    const net = new Net();
    const mirror = net.listen("mirror");
    const node = await net.node("node", { bootstrap: ["ws://mirror"] });
    const peer = mirror.peers[0] ?? (await mirror.came());
    const hello = await peer.next(FrameType.hello);
    peer.channel.send(hello);
    await refused(net, peer, node, "role");
  });

  it("refuses its own HELLO sent back with the role turned round", async () => {
    const net = new Net();
    const mirror = net.listen("mirror");
    const node = await net.node("node", { bootstrap: ["ws://mirror"] });
    const peer = mirror.peers[0] ?? (await mirror.came());
    await peer.hearHello();
    if (!peer.theirHello) throw new Error("no HELLO");
    peer.say(FrameType.hello, "hello", { ...peer.theirHello, role: 1 });
    await refused(net, peer, node, "echo");
  });

  it("refuses itself under another HELLO", async () => {
    const { net, node } = await anchored();
    const peer = await net.dial("peer", URL);
    peer.sayHello({ record: node.record() });
    await refused(net, peer, node, "self");
  });

  it("refuses equal roles", async () => {
    const { net, node } = await anchored();
    const peer = await net.dial("peer", URL);
    peer.sayHello({ role: 1 });
    await refused(net, peer, node, "role");
  });

  it("refuses a NodeID without its work, before anything else", async () => {
    const { net, node } = await anchored();
    const person = net.person();
    const { keys, edPk } = person;
    let nonce = keys.nonce + 1n;
    while (core.nodeId(core.network("nodus/1/test"), edPk, nonce, 0, 8)) nonce += 1n;
    const peer = await net.dial("peer", URL, { ...person, keys: { ...keys, nonce } });
    peer.sayHello({ role: 1, binding: core.utf8("ws://elsewhere:80") });
    await refused(net, peer, node, "work");
  });

  it("refuses another network and another version", async () => {
    const { net, node } = await anchored();
    const foreign = await net.dial("foreign", URL);
    foreign.sayHello({ network: core.network("nodus/1/main") });
    await refused(net, foreign, node, "network");
    const next = await net.dial("next", URL);
    next.send(FrameType.hello, Uint8Array.of(2));
    await refused(net, next, node, "version");
  });

  it("refuses a dialer that means another address", async () => {
    const { net, node } = await anchored();
    const peer = await net.dial("peer", URL);
    peer.sayHello({ binding: core.utf8("ws://elsewhere:80") });
    await refused(net, peer, node, "binding");
  });

  it("refuses a listener that does not repeat the address dialed: somebody passes the frames on", async () => {
    const net = new Net();
    const entry = net.listen("entry");
    const node = await net.node("node", { bootstrap: ["ws://entry"] });
    const peer = entry.peers[0] ?? (await entry.came());
    await peer.hearHello();
    peer.sayHello({ binding: core.utf8("ws://real-anchor:80") });
    await refused(net, peer, node, "binding");
  });

  it("refuses a PROOF by another key, over another role, and over another handshake", async () => {
    const lies = [
      (peer: Peer, net: Net) => peer.proof(net.person().keys.edSecret),
      (peer: Peer) => peer.proof(undefined, 1),
      (peer: Peer) => {
        peer.hello = peer.hello.slice().fill(0, 0, 1);
        return peer.proof();
      },
    ];
    for (const lie of lies) {
      const { net, node } = await anchored();
      const peer = await net.dial("peer", URL);
      peer.sayHello();
      await peer.hearHello();
      peer.sayProof(lie(peer, net));
      await refused(net, peer, node, "proof");
    }
  });

  it("refuses a RECORD that is forged, of somebody else, from the future, past, or too long-lived", async () => {
    const minutes = (peer: Peer) => Math.floor((peer.time() - 1_767_225_600_000) / MINUTE);
    const lies = [
      (peer: Peer, net: Net) => peer.record({}, net.person()),
      (peer: Peer, net: Net) => {
        const { edPk, keys, x25519Pk } = net.person();
        return peer.record({ edPk, nonce: keys.nonce, x25519Pk });
      },
      (peer: Peer) => peer.record({ seq: peer.time() + 11 * MINUTE }),
      (peer: Peer) => peer.record({ seq: peer.time() - 2 * MINUTE, expiry: minutes(peer) - 1 }),
      (peer: Peer) => peer.record({ expiry: minutes(peer) + 25 * 60 }),
      (peer: Peer) => peer.record({ addresses: [{ kind: 1, bytes: core.utf8("ws://me") }] }),
    ];
    for (const lie of lies) {
      const { net, node } = await anchored();
      const peer = await net.dial("peer", URL);
      peer.sayHello();
      await peer.hearHello();
      peer.sayProof();
      await peer.next(FrameType.proof);
      peer.send(FrameType.record, lie(peer, net));
      await refused(net, peer, node, "record");
    }
  });

  it("takes no time from the HELLO's record, so that a wrong clock can still link", async () => {
    const { net, node } = await anchored();
    const peer = await net.dial("peer", URL);
    await peer.link({ hello: { record: peer.record({ seq: peer.time() + 60 * MINUTE }) } });
    expect(linkedTo(node, peer.person.nodeId)).toBe(true);
  });

  it("closes after 5 s what is not a link by then", async () => {
    const { net, node } = await anchored();
    const peer = await net.dial("peer", URL);
    await net.clock.advance(4_900);
    expect(peer.closed).toBeUndefined();
    await net.clock.advance(200);
    expect(peer.closed).toBeDefined();
    expect(counter(node, "refused.timeout")).toBe(1);
  });

  it("refuses frames out of order and garbage", async () => {
    for (const [send, reason] of [
      [(peer: Peer) => peer.say(FrameType.ping, "ping", { id: 1 }), "order"],
      [(peer: Peer) => peer.channel.send(Uint8Array.of(1, 2, 3)), "malformed"],
      [(peer: Peer) => peer.send(FrameType.hello, new Uint8Array(700).fill(1)), "malformed"],
    ] as const) {
      const { net, node } = await anchored();
      const peer = await net.dial("peer", URL);
      send(peer);
      await net.clock.advance(1_000);
      expect(peer.closed).toBeDefined();
      expect(counter(node, `refused.${reason}`)).toBe(1);
    }
  });

  it("a dialer that knows whom it wants refuses any other", async () => {
    const net = new Net();
    const entries = [net.listen("one"), net.listen("two")];
    const node = await net.node("node", { bootstrap: ["ws://one", "ws://two"] });
    for (const entry of entries) {
      const peer = entry.peers[0] ?? (await entry.came());
      peer.addresses = [{ kind: 1, bytes: core.utf8(entry === entries[0] ? "ws://one" : "ws://two") }];
      await peer.link();
    }
    // One of them tells of an anchor whose address somebody else holds.
    const imposter = net.listen("wanted");
    const [teller] = entries[0]?.peers ?? [];
    if (!teller) throw new Error("nobody dialed");
    const { edPk, keys, x25519Pk, ...rest } = net.person();
    const addresses = [{ kind: 1, bytes: core.utf8("ws://wanted") }];
    const record = teller.record({ edPk, nonce: keys.nonce, x25519Pk, addresses }, { edPk, keys, x25519Pk, ...rest });
    teller.say(FrameType.anchors, "records", { records: [record] });
    const came = imposter.peers[0] ?? (await imposter.came());
    await came.hearHello();
    came.sayHello();
    await net.clock.advance(500);
    expect(came.closed).toBeDefined();
    expect(counter(node, "refused.other")).toBe(1);
  });
});

describe("one link per NodeID", () => {
  it("a higher incarnation replaces, a lower one is refused while the higher is linked", async () => {
    const { net, node } = await anchored();
    const person = net.person();
    const first = await (await net.dial("a", URL, person)).link({ hello: { incarnation: 5n } });
    const second = await (await net.dial("b", URL, person)).link({ hello: { incarnation: 6n } });
    await net.clock.advance(100);
    expect(first.closed).toBe("remote");
    expect(node.stats().links.length).toBe(1);
    const third = await net.dial("c", URL, person);
    third.sayHello({ incarnation: 5n });
    await third.hearHello();
    third.sayProof();
    await net.clock.advance(100);
    expect(third.closed).toBeDefined();
    expect(counter(node, "refused.incarnation")).toBe(1);
    expect(second.closed).toBeUndefined();
  });

  it("at equal incarnations the newer PROOF replaces", async () => {
    const { net, node } = await anchored();
    const person = net.person();
    const first = await (await net.dial("a", URL, person)).link({ hello: { incarnation: 5n } });
    await (await net.dial("b", URL, person)).link({ hello: { incarnation: 5n } });
    await net.clock.advance(100);
    expect(first.closed).toBe("remote");
    expect(node.stats().links.length).toBe(1);
  });

  it("of two anchors that dial each other at once one link stays, the same at both ends", async () => {
    for (const seed of [1, 2, 3, 4]) {
      const net = new Net(seed);
      const [a, b] = await Promise.all([
        net.node("a", { listens: true, bootstrap: ["ws://b"] }),
        net.node("b", { listens: true, bootstrap: ["ws://a"] }),
      ]);
      await net.clock.advance(20_000);
      expect(a.stats().links.length).toBe(1);
      expect(b.stats().links.length).toBe(1);
      const before = a.stats().links[0]?.age ?? 0;
      await net.clock.advance(60_000);
      expect(a.stats().links[0]?.age).toBe(before + 60_000);
    }
  });

  it("of two links that crossed the one dialed by the lower NodeID stays", async () => {
    const net = new Net();
    const entry = net.listen("entry");
    for (const lower of [true, false]) {
      const own = net.person();
      const other = net.person((id) => Buffer.compare(id, own.nodeId) < 0 === lower);
      const node = await net.node(`node${lower}`, { listens: true, keys: own.keys, bootstrap: ["ws://entry"] });
      entry.peers.length = 0;
      const dialed = await entry.came();
      Object.assign(dialed, { person: other });
      await dialed.link({ hello: { incarnation: 1n } });
      const crossing = await net.dial("entry", `ws://node${lower}`, other);
      crossing.sayHello({ incarnation: 1n });
      await crossing.hearHello();
      crossing.sayProof();
      await net.clock.advance(200);
      // The peer dialed the second link: it stays where the peer is the lower one.
      expect(dialed.closed !== undefined).toBe(lower);
      expect(crossing.closed !== undefined).toBe(!lower);
      expect(counter(node, "refused.crossed")).toBe(lower ? 0 : 1);
      await net.clock.wait(node.close());
    }
  });
});
