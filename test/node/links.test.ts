/** Live links: keepalive, wake, leave, limits, and the time that their clocks give. */
import { describe, expect, it } from "vitest";
import type { Node } from "#node/api.ts";
import { u64 } from "#node/bytes.ts";
import { FrameType, type Leave } from "#node/messages.ts";
import { core, counter, linkedTo, MINUTE, Net, network, type Peer } from "./peer-kit.ts";

const HOUR = 60 * MINUTE;

const anchored = async (edges: number) => {
  const net = new Net("links");
  const node = await net.node("anchor", { listens: true });
  const peers: Peer[] = [];
  for (let index = 0; index < edges; index++) {
    peers.push(await (await net.dial(`p${index}`, "ws://anchor")).link());
  }
  return { net, node, peers };
};

describe("a link", () => {
  it("lives while its pings are answered, and is closed after two of three missed ones", async () => {
    const { net, node, peers } = await anchored(2);
    const [live, dead] = peers as [Peer, Peer];
    live.live();
    await net.clock.advance(39_000);
    expect(dead.closed).toBeUndefined();
    await net.clock.advance(31_000);
    expect(dead.closed).toBeDefined();
    await net.clock.advance(10 * MINUTE);
    expect(live.closed).toBeUndefined();
    expect(node.stats().links.map(({ peer }) => peer)).toEqual([Buffer.from(live.person.nodeId).toString("hex")]);
    expect(counter(node, "links.dead")).toBe(1);
    expect(node.stats().links[0]?.roundTrip).toBe(40);
  });

  it("is probed on wake and closed when silent for 3 s", async () => {
    const { net, node, peers } = await anchored(2);
    const [live, dead] = peers as [Peer, Peer];
    live.live();
    await net.clock.advance(5_000);
    node.wake();
    await net.clock.advance(2_900);
    expect(dead.closed).toBeUndefined();
    await net.clock.advance(200);
    expect(dead.closed).toBeDefined();
    expect(live.closed).toBeUndefined();
  });

  it("is probed by itself after a sleep, told by either clock", async () => {
    for (const sleep of ["frozen", "wall"] as const) {
      const { net, node, peers } = await anchored(2);
      const [live, dead] = peers as [Peer, Peer];
      live.live();
      await net.clock.advance(15_000);
      const clock = net.clocks.get("anchor");
      if (sleep === "wall") clock?.jump(HOUR);
      else {
        clock?.freeze();
        await net.clock.advance(MINUTE);
        clock?.thaw();
      }
      await net.clock.advance(13_500);
      expect(counter(node, "slept")).toBe(1);
      expect(dead.closed).toBeDefined();
      expect(live.closed).toBeUndefined();
    }
  });

  it("ends with a signed LEAVE of its own peer and incarnation, and with no other", async () => {
    const { net, node, peers } = await anchored(1);
    const [peer] = peers as [Peer];
    const { nodeId, keys } = peer.person;
    const leave = (change: Partial<Leave> = {}, secret = keys.edSecret): Leave => {
      const whole = { nodeId, incarnation: peer.incarnation, sent: peer.time(), ...change };
      const { incarnation, sent } = whole;
      const sig = core.sign(secret, "leave", network, whole.nodeId, u64(incarnation), u64(sent));
      return { ...whole, sig };
    };
    const stranger = net.person();
    for (const forged of [
      leave({}, stranger.keys.edSecret),
      leave({ incarnation: peer.incarnation - 1n }),
      leave({ sent: peer.time() - HOUR }),
      leave({ nodeId: stranger.nodeId }, stranger.keys.edSecret),
    ]) {
      peer.say(FrameType.leave, "leave", forged);
    }
    await net.clock.advance(100);
    expect(counter(node, "refused.leave")).toBe(4);
    expect(linkedTo(node, nodeId)).toBe(true);
    peer.say(FrameType.leave, "leave", leave());
    await net.clock.advance(100);
    expect(peer.closed).toBeDefined();
    expect(node.stats().knownPeers).toBe(0);
  });

  it("says LEAVE when the node closes, which the others take", async () => {
    const { net, node, peers } = await anchored(1);
    const [peer] = peers as [Peer];
    await net.clock.wait(node.close());
    const leave = await peer.heard(FrameType.leave, "leave");
    expect(leave.nodeId).toEqual(node.id);
    expect(leave.incarnation).toBe(node.incarnation);
    const { edPk } = peer.theirs as { edPk: Uint8Array };
    const { nodeId, incarnation, sent, sig } = leave;
    expect(core.verify(edPk, sig, "leave", network, nodeId, u64(incarnation), u64(sent))).toBe(true);
  });

  it("carries the newer record of its peer, not an older or another's", async () => {
    const { net, node, peers } = await anchored(2);
    const [peer, other] = peers as [Peer, Peer];
    await net.clock.advance(1_000);
    peer.send(FrameType.record, peer.record({ seq: peer.time() - MINUTE }));
    peer.send(FrameType.record, other.record());
    peer.send(FrameType.record, peer.record({ capabilities: 2 }));
    await net.clock.advance(100);
    expect(counter(node, "dropped.olderRecord")).toBe(1);
    expect(counter(node, "refused.record")).toBe(1);
  });

  it("is not made above the limit", async () => {
    const net = new Net();
    const node = await net.node("anchor", { listens: true, limits: { linksMax: 3 } });
    for (let index = 0; index < 3; index++) await (await net.dial(`p${index}`, "ws://anchor")).link();
    const late = await net.dial("late", "ws://anchor");
    late.sayHello();
    await net.clock.advance(100);
    expect(late.closed).toBeDefined();
    expect(counter(node, "refused.full")).toBe(1);
  });
});

describe("own record", () => {
  it("is sent anew at half life to every link, and is never older than a day", async () => {
    const { net, node, peers } = await anchored(1);
    const [peer] = peers as [Peer];
    peer.live();
    const before = node.record();
    await net.clock.advance(16 * HOUR);
    const again = await peer.heard(FrameType.record, "record");
    expect(again.seq - (peer.theirs?.seq ?? 0)).toBeGreaterThanOrEqual(9 * HOUR);
    expect(again.expiry * MINUTE + 1_767_225_600_000 - again.seq).toBeLessThanOrEqual(24 * HOUR);
    expect(node.record()).not.toEqual(before);
  });
});

describe("network time", () => {
  const skews = (node: Node): number[] => {
    const told: number[] = [];
    node.on("skew", ({ ms }) => told.push(ms));
    return told;
  };
  const off = (net: Net, node: Node): number => Math.abs(node.networkTime() - net.clock.wall());

  it.each([3, -24, 24])("of a device %i h off is that of the link it dialed, and the person is told", async (hours) => {
    const net = new Net();
    const entry = net.listen("entry");
    const node = await net.node("node", { bootstrap: ["ws://entry"], offset: hours * HOUR });
    const told = skews(node);
    const peer = entry.peers[0] ?? (await entry.came());
    peer.addresses = [{ kind: 1, bytes: core.utf8("ws://entry") }];
    await peer.link();
    expect(off(net, node)).toBeLessThan(1_000);
    expect(told.length).toBe(1);
    expect(Math.abs((told[0] as number) - hours * HOUR)).toBeLessThan(1_000);
    expect(Math.abs(node.stats().skew - hours * HOUR)).toBeLessThan(1_000);
    expect(linkedTo(node, entry.person.nodeId)).toBe(true);
  });

  it("is not that of a single peer that dialed us", async () => {
    const { net, node } = await anchored(0);
    const liar = await net.dial("liar", "ws://anchor");
    await liar.link({ hello: { wall: liar.time() + 5 * HOUR } });
    expect(off(net, node)).toBeLessThan(1_000);
  });

  it("is the median: few wrong clocks move nothing", async () => {
    const { net, node, peers } = await anchored(4);
    for (const peer of peers) peer.live();
    for (const index of [1, 2]) {
      const liar = await net.dial(`liar${index}`, "ws://anchor");
      await liar.link({ hello: { wall: liar.time() + 5 * HOUR } });
      liar.live(5 * HOUR);
    }
    await net.clock.advance(10 * MINUTE);
    expect(off(net, node)).toBeLessThan(1_000);
  });

  it("moves with no correction of the wall clock while it runs", async () => {
    const { net, node, peers } = await anchored(3);
    for (const peer of peers) peer.live();
    await net.clock.advance(MINUTE);
    net.clocks.get("anchor")?.jump(-2 * HOUR);
    await net.clock.advance(MINUTE);
    expect(off(net, node)).toBeLessThan(1_000);
  });

  it("jumps by more than a day only when two hosts say so", async () => {
    const net = new Net();
    const entries = ["one", "two"].map((host) => net.listen(host));
    const node = await net.node("node", { bootstrap: ["ws://one", "ws://two"], offset: -40 * HOUR });
    const [one, two] = entries as [(typeof entries)[0], (typeof entries)[0]];
    const first = one.peers[0] ?? (await one.came());
    await first.hearHello();
    first.addresses = [{ kind: 1, bytes: core.utf8("ws://one") }];
    first.sayHello();
    await first.next(FrameType.proof);
    first.sayProof();
    await net.clock.advance(100);
    expect(off(net, node)).toBeGreaterThan(39 * HOUR);
    expect(counter(node, "refused.timeJump")).toBe(1);
    expect(node.stats().timeSure).toBe(false);
    expect(Math.abs(node.stats().skew + 40 * HOUR)).toBeLessThan(1_000); // told all the same: it is likely our own clock
    const second = two.peers[0] ?? (await two.came());
    second.addresses = [{ kind: 1, bytes: core.utf8("ws://two") }];
    await second.link();
    expect(off(net, node)).toBeLessThan(1_000);
    expect(node.stats().timeSure).toBe(true);
  });
});
