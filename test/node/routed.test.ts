/** Messages of a node's own and those that end at it, told to peers that forward honestly, lie or keep silent. */
import { describe, expect, it } from "vitest";
import type { Node } from "#node/api.ts";
import { Fault } from "#node/errors.ts";
import { FrameType, type NodeId } from "#node/messages.ts";
import { concat, core, counter, Net, type Peer, type Person } from "./peer-kit.ts";

const PAYLOAD = Uint8Array.of(1, 2, 3);

/** A joined node with so many edges, all of them the test's own. */
const star = async (edges: number) => {
  const net = new Net("routed");
  const node = await net.node("anchor", { listens: true });
  const peers: Peer[] = [];
  for (let index = 0; index < edges; index++) {
    peers.push(await (await net.dial(`p${index}`, "ws://anchor")).link());
  }
  // Nobody answers its FINDs: it settles for the edges it has.
  await net.clock.advance(15_000);
  for (const peer of peers) peer.inbox.length = 0;
  return { net, node, peers };
};
const sending = (node: Node, to: Person) => {
  const state: { result?: string } = {};
  node.send({ nodeId: to.nodeId, x25519Pk: to.x25519Pk }, PAYLOAD).then(
    () => {
      state.result = "acknowledged";
    },
    (error: unknown) => {
      state.result = error instanceof Fault ? error.code : String(error);
    },
  );
  return state;
};
const copies = (peers: readonly Peer[]) => peers.flatMap((peer) => peer.waiting(FrameType.data));

describe("a message of one's own", () => {
  it("is acknowledged by its target, whoever passes the answer on", async () => {
    const { net, node, peers } = await star(1);
    const [peer] = peers as [Peer];
    const target = net.person();
    const state = sending(node, target);
    const { routed, requestId, body } = await peer.hearRouted(FrameType.data);
    expect(routed.origin).toEqual(node.id);
    expect(routed.exact).toBe(true);
    expect(routed.ttl).toBeGreaterThanOrEqual(12);
    expect(routed.ttl).toBeLessThanOrEqual(16);
    expect(body).toEqual(PAYLOAD);
    peer.routed(FrameType.answer, node.id, requestId, { from: target });
    await net.clock.advance(100);
    expect(state.result).toBe("acknowledged");
  });

  it("is not acknowledged by a forwarder that saw it", async () => {
    const { net, node, peers } = await star(1);
    const [peer] = peers as [Peer];
    const state = sending(node, net.person());
    const { requestId } = await peer.hearRouted(FrameType.data);
    peer.routed(FrameType.answer, node.id, requestId);
    peer.routed(FrameType.answer, node.id, requestId, { from: net.person() });
    await net.clock.advance(100);
    expect(state.result).toBeUndefined();
    expect(counter(node, "dropped.answerForged")).toBe(2);
    await net.clock.advance(3_000);
    expect(state.result).toBe("unanswered");
  });

  it("goes out again from other first hops, each copy a message of its own, and ends after the third retry", async () => {
    const { net, node, peers } = await star(4);
    const state = sending(node, net.person());
    const seen: { link: number; id: bigint; request: string }[] = [];
    for (const wait of [50, 700, 700, 700]) {
      await net.clock.advance(wait);
      for (const [link, peer] of peers.entries()) {
        while (peer.waiting(FrameType.data).length > 0) {
          const { routed, requestId } = await peer.hearRouted(FrameType.data);
          seen.push({ link, id: routed.id, request: requestId.join() });
        }
      }
    }
    expect(new Set(seen.map(({ link }) => link)).size).toBe(4);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(4);
    expect(new Set(seen.map(({ request }) => request)).size).toBe(1);
    expect(state.result).toBeUndefined();
    await net.clock.advance(800);
    expect(state.result).toBe("unanswered");
    await net.clock.advance(10_000);
    expect(copies(peers)).toEqual([]);
  });

  it("starts its next try at once on NO_ROUTE, and gives up no sooner for it", async () => {
    const { net, node, peers } = await star(4);
    const began = net.clock.now();
    const state = sending(node, net.person());
    for (let tries = 0; tries < 4; tries++) {
      await net.clock.until(() => copies(peers).length > 0, 1_000);
      const peer = peers.find((one) => one.waiting(FrameType.data).length > 0) as Peer;
      const { routed } = await peer.hearRouted(FrameType.data);
      peer.say(FrameType.noRoute, "noRoute", { origin: node.id, id: routed.id });
    }
    expect(net.clock.now() - began).toBeLessThan(300);
    await net.clock.advance(2_400);
    expect(state.result).toBeUndefined();
    await net.clock.advance(400);
    expect(state.result).toBe("no-route");
  });

  it("is not hurried by a NO_ROUTE for another message", async () => {
    const { net, node, peers } = await star(2);
    sending(node, net.person());
    await net.clock.advance(50);
    for (const peer of peers) peer.say(FrameType.noRoute, "noRoute", { origin: node.id, id: 7n });
    await net.clock.advance(100);
    expect(copies(peers).length).toBe(1);
    expect(counter(node, "dropped.noRouteUnknown")).toBe(2);
  });

  it("fails in words that can be told apart", async () => {
    const { net, node } = await star(1);
    const peer = { nodeId: net.person().nodeId, x25519Pk: new Uint8Array(32) };
    await expect(node.send(peer, new Uint8Array(70_000))).rejects.toMatchObject({ code: "too-large" });
    const alone = await new Net("alone").node("alone");
    await expect(alone.send(peer, PAYLOAD)).rejects.toMatchObject({ code: "no-link" });
    await net.clock.wait(node.close());
    await expect(node.send(peer, PAYLOAD)).rejects.toMatchObject({ code: "closed" });
  });
});

describe("a message that ends here", () => {
  const heard = (node: Node) => {
    const messages: { origin: NodeId; payload: Uint8Array }[] = [];
    node.on("message", (message) => messages.push(message));
    return messages;
  };

  it("is told once and acknowledged as often as a copy comes", async () => {
    const { net, node, peers } = await star(1);
    const [peer] = peers as [Peer];
    const messages = heard(node);
    const requestId = net.random.bytes(16);
    for (let copy = 0; copy < 3; copy++) {
      peer.routed(FrameType.data, node.id, concat(requestId, PAYLOAD));
      const answer = await peer.hearRouted(FrameType.answer);
      expect(answer.requestId).toEqual(requestId);
      expect(answer.routed.origin).toEqual(node.id);
      expect(answer.routed.target).toEqual(peer.person.nodeId);
    }
    expect(messages).toEqual([{ origin: peer.person.nodeId, payload: PAYLOAD }]);
  });

  it("does nothing again when the same frame is replayed, on its link or another", async () => {
    const { net, node, peers } = await star(2);
    const [peer, other] = peers as [Peer, Peer];
    const messages = heard(node);
    let frame = new Uint8Array();
    const send = peer.channel.send.bind(peer.channel);
    Object.assign(peer.channel, {
      send: (bytes: Uint8Array) => {
        frame = bytes.slice();
        return send(bytes);
      },
    });
    peer.routed(FrameType.data, node.id, concat(net.random.bytes(16), PAYLOAD));
    await net.clock.advance(100);
    peer.channel.send(frame);
    other.channel.send(frame);
    await net.clock.advance(100);
    expect(messages.length).toBe(1);
    expect(counter(node, "dropped.seen")).toBe(2);
    expect(peer.waiting(FrameType.answer).length + other.waiting(FrameType.answer).length).toBe(1);
  });

  it("is dropped where its signature fails, or where it is not for this node alone", async () => {
    const { net, node, peers } = await star(1);
    const [peer] = peers as [Peer];
    const messages = heard(node);
    const forger = { ...peer.person, keys: { ...peer.person.keys, edSecret: net.random.bytes(32) } };
    peer.routed(FrameType.data, node.id, concat(net.random.bytes(16), PAYLOAD), { from: forger });
    peer.routed(FrameType.data, node.id, concat(net.random.bytes(16), PAYLOAD), { exact: false });
    peer.routed(FrameType.data, node.id, PAYLOAD);
    await net.clock.advance(100);
    expect(messages).toEqual([]);
    expect(counter(node, "dropped.signature")).toBe(1);
    expect(counter(node, "dropped.target")).toBe(1);
    expect(counter(node, "dropped.malformed")).toBe(1);
  });

  it("costs no more than a thousand checks at once from one link", async () => {
    const { net, node, peers } = await star(2);
    const [flooder, other] = peers as [Peer, Peer];
    for (let index = 0; index < 1_200; index++) {
      flooder.routed(FrameType.data, node.id, concat(net.random.bytes(16), PAYLOAD));
    }
    await net.clock.advance(50);
    expect(counter(node, "dropped.checks")).toBe(200);
    const messages = heard(node);
    other.routed(FrameType.data, node.id, concat(net.random.bytes(16), PAYLOAD));
    await net.clock.advance(50);
    expect(messages.length).toBe(1);
  });
});

describe("a message that passes through", () => {
  it("goes to the edge nearest to its target, and is told back where no edge is", async () => {
    const { net, node, peers } = await star(2);
    const [from, to] = peers as [Peer, Peer];
    from.routed(FrameType.data, to.person.nodeId, concat(net.random.bytes(16), PAYLOAD));
    const { routed } = await to.hearRouted(FrameType.data);
    expect(routed.origin).toEqual(from.person.nodeId);
    expect(routed.ttl).toBe(13);
    // Nearer to the node itself than to anybody: nobody can take it on.
    const near = node.id.slice() as NodeId;
    near[31] = (near[31] ?? 0) ^ 1;
    from.routed(FrameType.data, near, concat(net.random.bytes(16), PAYLOAD));
    const decoded = core.decode("noRoute", (await from.next(FrameType.noRoute)).subarray(6));
    expect(decoded.ok && decoded.value.origin).toEqual(from.person.nodeId);
    expect(node.stats().counters["forwarded"]).toBe(1);
  });
});
