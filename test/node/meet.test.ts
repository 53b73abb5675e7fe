/** Meeting without a server: knocks, tokens, crossings, and the cells that only a contact's link takes. */
import { describe, expect, it } from "vitest";
import type { ConnectResult, Node, NodeOptions, Peer as Whom } from "#node/api.ts";
import { equal } from "#node/bytes.ts";
import { AddressKind, FrameType, type NodeId } from "#node/messages.ts";
import type { Rtc } from "#node/ports.ts";
import { concat, counter, linkedTo, Net } from "./peer-kit.ts";

const TOKEN = new Uint8Array(32).fill(7);
const WRONG = new Uint8Array(32).fill(8);
const CELL = new Uint8Array(2_048).fill(3);
const onToken = (_: NodeId, token: Uint8Array): boolean => equal(token, TOKEN);
const whom = (node: Node): Whom => ({ nodeId: node.id, x25519Pk: node.x25519Pk });

/** One anchor between tabs that would not link for the table alone: they may have one link. */
const apart = async (options: Partial<NodeOptions> = {}, seed: number | string = "meet") => {
  const net = new Net(seed);
  const anchor = await net.node("anchor", { listens: true });
  const limits = { linksWanted: 1, linksMax: 64 };
  const [own, other] = [net.person(), net.person()];
  const refuse = (person: typeof own) => new Set([Buffer.from(person.nodeId).toString("hex")]);
  const apartFrom = { one: refuse(other), two: refuse(own) };
  const common = { limits, onToken, bootstrap: ["ws://anchor"], ...options };
  const one = await net.node("one", { ...common, keys: own.keys, unsafeTesting: { refusePeers: apartFrom.one } });
  const two = await net.node("two", { ...common, keys: other.keys, unsafeTesting: { refusePeers: apartFrom.two } });
  await net.clock.advance(60_000);
  expect(linkedTo(one, two.id)).toBe(false);
  apartFrom.one.clear();
  apartFrom.two.clear();
  return { net, anchor, one, two };
};
const connect = (net: Net, from: Node, to: Node, token: Uint8Array): Promise<ConnectResult> =>
  net.clock.wait(from.connect(whom(to), token));

/** Two who have no use for each other: `one` wants few links and has nearer ones. */
const crowd = async () => {
  const net = new Net("crowd");
  const half = (bits: number) => (id: NodeId) => (id[0] ?? 0) >> 6 === bits;
  const anchor = net.person(half(0b10));
  await net.node("anchor", { keys: anchor.keys, listens: true });
  const limits = { linksWanted: 2, linksMax: 4 };
  const common = { onToken, bootstrap: ["ws://anchor"] };
  const one = await net.node("one", { ...common, keys: net.person(half(0b00)).keys, limits });
  for (let at = 0; at < 5; at++) {
    await net.node(`near ${at}`, { ...common, keys: net.person(half(0b00)).keys });
  }
  const two = await net.node("two", { ...common, keys: net.person(half(0b11)).keys, limits });
  await net.clock.advance(120_000);
  return { net, one, two };
};

describe("a contact", () => {
  it("is met by its token, through the common neighbour, and takes cells both ways", async () => {
    const { net, one, two } = await apart();
    const contacts: NodeId[] = [];
    const cells: Uint8Array[] = [];
    two.on("contact", ({ peer }) => contacts.push(peer));
    for (const node of [one, two]) node.on("cell", ({ bytes }) => cells.push(bytes));
    expect(one.sendDirect(two.id, CELL)).toBe(false);
    expect(await connect(net, one, two, TOKEN)).toBe("linked");
    await net.clock.advance(100);
    expect(one.direct(two.id)).toBe(true);
    expect(two.direct(one.id)).toBe(true);
    expect(contacts).toEqual([one.id]);
    expect(one.sendDirect(two.id, CELL)).toBe(true);
    expect(two.sendDirect(one.id, CELL)).toBe(true);
    await net.clock.advance(100);
    expect(cells).toEqual([CELL, CELL]);
  });

  it("is unknown with a wrong token, and no link is made", async () => {
    const { net, one, two } = await apart();
    expect(await connect(net, one, two, WRONG)).toBe("unknown");
    expect(linkedTo(one, two.id)).toBe(false);
  });

  it("is told the token even where a link lives already, and only then cells pass", async () => {
    const net = new Net("linked");
    await net.node("anchor", { listens: true });
    const one = await net.node("one", { onToken, bootstrap: ["ws://anchor"] });
    const two = await net.node("two", { onToken, bootstrap: ["ws://anchor"] });
    await net.clock.advance(20_000);
    expect(linkedTo(one, two.id)).toBe(true);
    expect(one.direct(two.id)).toBe(false);
    const before = one.stats().links.find(({ peer }) => peer === two.stats().nodeId)?.age ?? 0;
    expect(await connect(net, one, two, TOKEN)).toBe("linked");
    await net.clock.advance(100);
    expect(one.direct(two.id) && two.direct(one.id)).toBe(true);
    expect(one.stats().links.find(({ peer }) => peer === two.stats().nodeId)?.age).toBeGreaterThan(before);
  });

  it("that is gone is unreachable after tries at 2, 8 and 30 s", async () => {
    const { net, one, two } = await apart();
    net.hub.kill("two");
    net.clocks.get("two")?.stop();
    await net.clock.advance(70_000);
    const began = net.clock.now();
    const knocks = counter(one, "knocks");
    expect(await connect(net, one, two, TOKEN)).toBe("unreachable");
    expect(net.clock.now() - began).toBeGreaterThan(40_000);
    expect(counter(one, "knocks") - knocks).toBeGreaterThanOrEqual(4);
  });

  it("that knocks at the same moment is met once: one link, trusted at both ends, for both callers", async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const { net, one, two } = await apart({}, seed);
      const both = Promise.all([one.connect(whom(two), TOKEN), two.connect(whom(one), TOKEN)]);
      expect(await net.clock.wait(both)).toEqual(["linked", "linked"]);
      await net.clock.advance(200);
      expect(one.direct(two.id) && two.direct(one.id)).toBe(true);
      const links = (node: Node, to: Node) => node.stats().links.filter(({ peer }) => peer === to.stats().nodeId);
      expect(links(one, two).length).toBe(1);
      expect(links(two, one).length).toBe(1);
    }
  });

  it("is refused where a direct link is not wanted", async () => {
    const { net, anchor, one, two } = await apart();
    const net2 = net;
    const refusing = await net2.node("three", {
      onToken,
      bootstrap: ["ws://anchor"],
      unsafeTesting: { refusePeers: [one.stats().nodeId] },
      limits: { linksWanted: 1, linksMax: 8 },
    });
    await net.clock.advance(20_000);
    expect(await connect(net, one, refusing, TOKEN)).toBe("refused");
    expect(await connect(net, refusing, one, TOKEN)).toBe("refused");
    expect(linkedTo(anchor, two.id)).toBe(true);
  });
});

describe("a contact that is dropped", () => {
  it("hears and is heard no more over a link that serves the table, until another token is accepted", async () => {
    const { net, one, two } = await apart();
    const cells: string[] = [];
    one.on("cell", () => cells.push("one"));
    two.on("cell", () => cells.push("two"));
    expect(await connect(net, one, two, TOKEN)).toBe("linked");
    await net.clock.advance(100);
    one.drop(two.id);
    expect(one.direct(two.id)).toBe(false);
    expect(one.sendDirect(two.id, CELL)).toBe(false);
    expect(two.sendDirect(one.id, CELL)).toBe(true);
    await net.clock.advance(100);
    expect(cells).toEqual([]);
    expect(counter(one, "refused.cell")).toBe(1);
    expect(linkedTo(one, two.id)).toBe(true);
    expect(await connect(net, two, one, TOKEN)).toBe("linked");
    expect(two.sendDirect(one.id, CELL)).toBe(true);
    await net.clock.advance(100);
    expect(cells).toEqual(["one"]);
  });

  it("loses a link that stands for it alone", async () => {
    const { net, one, two } = await crowd();
    expect(await connect(net, one, two, TOKEN)).toBe("linked");
    await net.clock.advance(100);
    one.drop(two.id);
    await net.clock.advance(100);
    expect(linkedTo(one, two.id)).toBe(false);
    expect(linkedTo(two, one.id)).toBe(false);
    expect(counter(one, "links.dropped")).toBe(1);
  });

  it.each(["one", "two"] as const)("gets no cells through by a token that is under way, dropped by %s", async (who) => {
    for (let ms = 0; ms <= 40; ms += 4) {
      let believed = true;
      const { net, one, two } = await apart({ onToken: () => believed }, ms);
      const [dropping, peer] = who === "one" ? [one, two] : [two, one];
      const linked = one.connect(whom(two), TOKEN);
      await net.clock.advance(ms);
      believed = false;
      dropping.drop(peer.id);
      await net.clock.wait(linked);
      await net.clock.advance(10_000);
      expect(dropping.direct(peer.id)).toBe(false);
    }
  });
});

describe("a peer connection", () => {
  it("is begun by nobody before WELCOME", async () => {
    const begun: string[] = [];
    const net = new Net("welcome");
    await net.node("anchor", { listens: true });
    const watched = (host: string): Rtc => {
      const rtc = net.hub.rtc(host);
      return {
        offer: (stun, signal) => {
          begun.push(`${host} offers`);
          return rtc.offer(stun, signal);
        },
        answer: (offer, stun, signal) => {
          begun.push(`${host} answers`);
          return rtc.answer(offer, stun, signal);
        },
      };
    };
    const limits = { linksWanted: 1, linksMax: 64 };
    const [own, other] = [net.person(), net.person()];
    const gate = new Set([Buffer.from(other.nodeId).toString("hex")]);
    const one = await net.node("one", {
      keys: own.keys,
      rtc: watched("one"),
      bootstrap: ["ws://anchor"],
      limits,
      unsafeTesting: { refusePeers: gate },
    });
    const two = await net.node("two", {
      keys: other.keys,
      rtc: watched("two"),
      onToken,
      bootstrap: ["ws://anchor"],
      limits,
      unsafeTesting: { refusePeers: [Buffer.from(own.nodeId).toString("hex")] },
    });
    await net.clock.advance(20_000);
    gate.clear();
    expect(await connect(net, one, two, TOKEN)).toBe("refused");
    expect(begun).toEqual([]);
  });

  it("is made at most a hundred times in ten minutes", async () => {
    const { net, one, two } = await apart();
    for (let round = 0; round < 130; round++) {
      const result = await connect(net, one, two, TOKEN);
      if (round < 95) expect(result).toBe("linked");
      if (result !== "linked") break;
      net.hub.partition((a, b) => a !== "anchor" && b !== "anchor" && a !== b);
      // The link is replaced by hand: both ends notice that the channel is gone.
      one.wake();
      two.wake();
      await net.clock.advance(3_200);
      net.hub.heal();
    }
    expect(counter(one, "refused.connections") + counter(two, "refused.connections")).toBeGreaterThan(0);
  });
});

describe("a STUN server in a record", () => {
  /** What `one` asks when it meets another, where its anchor's record names these. */
  const asked = async (...servers: string[]): Promise<readonly string[] | undefined> => {
    const net = new Net(servers.join());
    const addresses = [
      { kind: AddressKind.websocket, text: "ws://anchor" },
      ...servers.map((text) => ({ kind: AddressKind.stun, text })),
    ];
    await net.node("anchor", { listens: true, addresses });
    let seen: readonly string[] | undefined;
    const rtc = net.hub.rtc("one");
    const watched: Rtc = {
      offer: (stun, signal) => {
        seen = stun;
        return rtc.offer(stun, signal);
      },
      answer: (offer, stun, signal) => {
        seen = stun;
        return rtc.answer(offer, stun, signal);
      },
    };
    const limits = { linksWanted: 1, linksMax: 64 };
    const one = await net.node("one", { rtc: watched, bootstrap: ["ws://anchor"], limits });
    const two = await net.node("two", { onToken, bootstrap: ["ws://anchor"], limits });
    await net.clock.advance(20_000);
    await connect(net, one, two, TOKEN);
    return seen;
  };

  it("is asked at the host that was dialed, and nowhere else", async () => {
    expect(await asked("anchor:3478")).toEqual(["stun:anchor:3478"]);
    expect(await asked("ANCHOR:3478")).toEqual(["stun:anchor:3478"]);
    expect(await asked("third.example:3478", "192.168.0.1:3478", "anchor:3479")).toEqual(["stun:anchor:3479"]);
  });

  it("is no reason to lose the link, whatever its text is", async () => {
    for (const text of [
      "anchor:6000",
      "anchor",
      "anchor:3478?transport=tcp",
      "turn:anchor:3478",
      "a b:1",
      "\u0000:3478",
    ]) {
      expect(await asked(text), text).toEqual([]);
    }
  });
});

describe("a cell", () => {
  it("is dropped on a link over which no token was accepted", async () => {
    const net = new Net("cell");
    const node = await net.node("anchor", { listens: true, onToken });
    const cells: Uint8Array[] = [];
    node.on("cell", ({ bytes }) => cells.push(bytes));
    const peer = await (await net.dial("peer", "ws://anchor")).link();
    peer.send(FrameType.cell, CELL);
    peer.send(FrameType.cell, concat(CELL, CELL));
    await net.clock.advance(100);
    expect(cells).toEqual([]);
    expect(counter(node, "refused.cell")).toBe(2);
  });
});
