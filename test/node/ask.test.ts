/** Asking through a neighbour: as the author, as the neighbour, and as the node that is asked. */
import { describe, expect, it } from "vitest";
import { openRequest, sealAnswer, sealRequest } from "#node/machine/seal.ts";
import { type Answer, type Ask, AskedCode, FrameType, KnockReason, type NodeId, type Request } from "#node/messages.ts";
import { concat, core, counter, equal, Net, type Peer, type Person } from "./peer-kit.ts";

const MINUTE = 60_000;
const NOBODY = new Uint8Array(32);
const KEY = new Uint8Array(32).fill(9);

const star = async (edges: number, settle = 15_000) => {
  const net = new Net("ask");
  const node = await net.node("anchor", { listens: true });
  const peers: Peer[] = [];
  for (let index = 0; index < edges; index++) {
    peers.push(await (await net.dial(`p${index}`, "ws://anchor")).link());
  }
  await net.clock.advance(settle);
  for (const peer of peers) peer.inbox.length = 0;
  return { net, node, peers };
};
const asks = (peer: Peer): Ask[] =>
  peer.waiting(FrameType.ask).map((frame) => {
    const decoded = core.decode("ask", frame.subarray(6));
    if (!decoded.ok) throw new Error("a malformed ASK");
    return decoded.value;
  });
const knock = (net: Net, record: Uint8Array): Extract<Request, { op: "knock" }> => ({
  op: "knock",
  innerId: net.random.bytes(16),
  session: net.random.bytes(16),
  reason: KnockReason.table,
  token: NOBODY,
  record,
});
const answerTo = (net: Net, person: Person, ask: Ask, body: Answer["body"]): Uint8Array => {
  const opened = openRequest(core, person.keys.x25519Secret, person.nodeId, ask.body);
  if (!opened) throw new Error("not sealed for this one");
  const answer = { innerId: opened.request.innerId, code: 0, body };
  return sealAnswer(core, net.random, person.nodeId, opened, answer);
};

describe("the author of a request", () => {
  it("that has not joined asks through a neighbour, sealed, and the same bytes through the next when that is silent", async () => {
    // A LEAF never joins.
    const net = new Net("leaf");
    const entries = ["a", "b", "c"].map((host) => net.listen(host));
    const node = await net.node("leaf", { leaf: true, bootstrap: ["ws://a", "ws://b", "ws://c"] });
    const peers: Peer[] = [];
    for (const [index, entry] of entries.entries()) {
      const peer = entry.peers[0] ?? (await entry.came());
      peer.addresses = [{ kind: 1, bytes: core.utf8(`ws://${"abc"[index]}`) }];
      peers.push(await peer.link());
    }
    const target = net.person();
    const connecting = node.connect({ nodeId: target.nodeId, x25519Pk: target.x25519Pk }, KEY);
    const sealed: { at: number; link: number; ask: Ask }[] = [];
    const look = () => {
      for (const [link, peer] of peers.entries()) {
        for (const ask of asks(peer)) if (ask.mode === 0) sealed.push({ at: net.clock.now(), link, ask });
        peer.inbox.length = 0;
      }
    };
    await net.clock.advance(50);
    look();
    expect(sealed.length).toBe(1);
    await net.clock.advance(2_900);
    look();
    expect(sealed.length).toBe(1);
    await net.clock.advance(100);
    look();
    expect(sealed.length).toBe(2);
    const [first, second] = sealed as [(typeof sealed)[0], (typeof sealed)[0]];
    expect(second.link).not.toBe(first.link);
    expect(second.ask).toEqual(first.ask);
    expect(second.ask.target).toEqual(target.nodeId);
    expect(Buffer.from(second.ask.body).includes(Buffer.from(node.id))).toBe(false);

    // The answer counts, whoever of the two brings it; a forged one does not.
    const peer = peers[second.link] as Peer;
    const forged = answerTo(net, target, second.ask, { kind: "welcome" });
    forged[20] = (forged[20] ?? 0) ^ 1;
    peer.say(FrameType.asked, "asked", { id: second.ask.id, code: 0, answer: forged });
    await net.clock.advance(50);
    expect(counter(node, "dropped.answerForged")).toBe(1);
    const refusal = answerTo(net, target, second.ask, { kind: "refuse", code: 1, retryAfter: 0 });
    (peers[first.link] as Peer).say(FrameType.asked, "asked", { id: second.ask.id, code: 0, answer: refusal });
    expect(await net.clock.wait(connecting, 1_000)).toBe("unknown");
  });

  it("turns to the next neighbour at once when the first says it cannot, or goes away", async () => {
    const { net, node, peers } = await star(4);
    void node.find(KEY, 0).catch(() => undefined);
    await net.clock.advance(50);
    const holders = () => peers.map((peer) => asks(peer).filter(({ mode }) => mode === 1).length);
    expect(holders().filter((count) => count > 0).length).toBe(3);
    const [busy, gone] = peers.filter((peer) => asks(peer).length > 0) as [Peer, Peer];
    const [refused] = asks(busy) as [Ask];
    const [lost] = asks(gone) as [Ask];
    busy.say(FrameType.asked, "asked", { id: refused.id, code: AskedCode.busy, answer: new Uint8Array() });
    gone.channel.close("local");
    await net.clock.advance(100);
    const again = (but: Peer) => peers.filter((peer) => peer !== but).flatMap(asks);
    expect(again(busy).some(({ id }) => equal(id, refused.id))).toBe(true);
    expect(again(gone).some(({ id }) => equal(id, lost.id))).toBe(true);
  });

  it("sends three FINDs of a search through three neighbours and joins what they tell, nearest first", async () => {
    const { net, node, peers } = await star(5);
    const found = node.find(KEY, 0);
    await net.clock.advance(50);
    const asked = peers.filter((peer) => asks(peer).length > 0);
    expect(asked.length).toBe(3);
    for (const peer of asked) {
      const [ask] = asks(peer) as [Ask];
      expect(ask.target).toEqual(KEY);
      const answer = core.encode("records", { records: [peer.record()] });
      peer.say(FrameType.asked, "asked", { id: ask.id, code: 0, answer });
    }
    const known = await net.clock.wait(found, 1_000);
    expect(known.length).toBe(3);
    const distance = (id: Uint8Array) => BigInt(`0x${Buffer.from(id.map((byte) => byte ^ 9)).toString("hex")}`);
    for (let at = 1; at < known.length; at++) {
      const [nearer, farther] = [known[at - 1]?.nodeId, known[at]?.nodeId] as [NodeId, NodeId];
      expect(distance(nearer) < distance(farther)).toBe(true);
    }
  });

  it("keeps to one neighbour for one address all day", async () => {
    const { net, node, peers } = await star(5);
    const used = new Set<number>();
    for (let round = 0; round < 5; round++) {
      void node.find(KEY, 0).catch(() => undefined);
      await net.clock.advance(50);
      for (const [index, peer] of peers.entries()) {
        for (const { id } of asks(peer)) {
          used.add(index);
          const answer = core.encode("records", { records: [] });
          peer.say(FrameType.asked, "asked", { id, code: 0, answer });
        }
        peer.inbox.length = 0;
      }
      await net.clock.advance(1_000);
    }
    expect(used.size).toBe(3);
  });
});

describe("the neighbour that is asked", () => {
  const sealedFor = (net: Net, to: Person, request: Request) => {
    const sealed = sealRequest(core, net.random, to, request);
    if (!sealed) throw new Error("no key");
    return sealed;
  };
  const ask = (net: Net, asker: Peer, target: NodeId, body: Uint8Array, mode = 0): Uint8Array => {
    const id = net.random.bytes(16);
    asker.say(FrameType.ask, "ask", { id, mode, target, body });
    return id;
  };
  const heardAsked = (asker: Peer) => asker.heard(FrameType.asked, "asked");

  it("asks in its own name and passes every answer of the target on, to whatever link the asker has", async () => {
    const { net, node, peers } = await star(2);
    const [asker, target] = peers as [Peer, Peer];
    const { body } = sealedFor(net, target.person, knock(net, asker.record()));
    const id = ask(net, asker, target.person.nodeId, body);
    const request = await target.hearRouted(FrameType.sealed);
    expect(request.routed.origin).toEqual(node.id);
    expect(request.body).toEqual(body);
    expect(request.requestId).not.toEqual(id);

    const say = (text: number, from = target.person) => {
      target.routed(FrameType.answer, node.id, concat(request.requestId, Uint8Array.of(text)), { from });
    };
    say(1);
    expect(await heardAsked(asker)).toEqual({ id, code: 0, answer: Uint8Array.of(1) });
    say(2);
    expect((await heardAsked(asker)).answer).toEqual(Uint8Array.of(2));
    say(3, net.person());
    await net.clock.advance(100);
    expect(asker.waiting(FrameType.asked)).toEqual([]);

    asker.channel.close("local");
    await net.clock.advance(1_000);
    say(4);
    await net.clock.advance(100);
    expect(counter(node, "dropped.askerGone")).toBe(1);
    const back = await (await net.dial("back", "ws://anchor", asker.person)).link();
    await net.clock.advance(9 * MINUTE);
    target.inbox.length = 0;
    const second = await (await net.dial("target2", "ws://anchor", target.person)).link();
    second.routed(FrameType.answer, node.id, concat(request.requestId, Uint8Array.of(5)));
    await net.clock.advance(100);
    const again = back.closed === undefined ? back : await (await net.dial("b2", "ws://anchor", asker.person)).link();
    second.routed(FrameType.answer, node.id, concat(request.requestId, Uint8Array.of(6)));
    expect((await heardAsked(again)).code).toBe(0);
    await net.clock.advance(3 * MINUTE);
    const late = await (await net.dial("t3", "ws://anchor", target.person)).link();
    const last = await (await net.dial("b3", "ws://anchor", asker.person)).link();
    late.routed(FrameType.answer, node.id, concat(request.requestId, Uint8Array.of(7)));
    await net.clock.advance(100);
    expect(last.waiting(FrameType.asked)).toEqual([]);
  });

  it("that is the target opens the request itself", async () => {
    const { net, node, peers } = await star(1);
    const [asker] = peers as [Peer];
    const to = { nodeId: node.id, x25519Pk: node.x25519Pk } as Person;
    const request = { ...knock(net, asker.record()), reason: KnockReason.contact, token: KEY };
    const sealed = sealedFor(net, to, request);
    const id = ask(net, asker, node.id, sealed.body);
    const asked = await heardAsked(asker);
    expect(asked.id).toEqual(id);
    expect(asked.code).toBe(0);
    expect(asked.answer.length).toBeGreaterThan(32);
    expect(asker.waiting(FrameType.sealed)).toEqual([]);
  });

  it("answers a FIND for itself, and takes one for a key to the nearest node", async () => {
    const { net, node, peers } = await star(2);
    const [asker, other] = peers as [Peer, Peer];
    const find = (key: Uint8Array, except: Uint8Array = NOBODY) => core.encode("findBody", { key, except, filter: 0 });
    ask(net, asker, node.id, find(KEY, asker.person.nodeId), 1);
    const decoded = core.decode("records", (await heardAsked(asker)).answer);
    if (!decoded.ok) throw new Error("no records");
    expect(decoded.value.records).toContainEqual(node.record());
    expect(decoded.value.records.length).toBe(2);
    // For a key next to the other peer, the request goes there, CLOSEST, in the neighbour's name.
    const key = other.person.nodeId.slice() as NodeId;
    key[31] = (key[31] ?? 0) ^ 1;
    ask(net, asker, key, find(key), 1);
    const { routed, body } = await other.hearRouted(FrameType.find);
    expect(routed.exact).toBe(false);
    expect(routed.origin).toEqual(node.id);
    expect(body).toEqual(find(key));
  });

  it("says what it could not do", async () => {
    const { net, node, peers } = await star(2);
    const [asker, other] = peers as [Peer, Peer];
    const nobody = net.person();
    const began = net.clock.now();
    ask(net, asker, nobody.nodeId, sealedFor(net, nobody, knock(net, asker.record())).body);
    const asked = await heardAsked(asker);
    expect([AskedCode.noRoute, AskedCode.unanswered]).toContain(asked.code);
    expect(net.clock.now() - began).toBeLessThanOrEqual(3_000);
    expect(counter(node, "carried")).toBeGreaterThan(0);
    expect(other.closed).toBeUndefined();
  });

  it("gives one link a quarter of its budget and keeps 256 ways back", async () => {
    const { net, node, peers } = await star(2);
    const [asker, target] = peers as [Peer, Peer];
    const { body } = sealedFor(net, target.person, knock(net, asker.record()));
    const ids: Uint8Array[] = [];
    for (let index = 0; index < 600; index++) ids.push(ask(net, asker, target.person.nodeId, body));
    await net.clock.advance(100);
    const refused = asker.waiting(FrameType.asked).length;
    expect(refused).toBeGreaterThan(80);
    expect(counter(node, "refused.overBudget")).toBe(refused);
    asker.inbox.length = 0;
    const requests: Uint8Array[] = [];
    while (target.waiting(FrameType.sealed).length > 0) {
      requests.push((await target.hearRouted(FrameType.sealed)).requestId);
    }
    const answer = (requestId: Uint8Array) => target.routed(FrameType.answer, node.id, concat(requestId, KEY));
    answer(requests[0] as Uint8Array);
    await net.clock.advance(100);
    expect(asker.waiting(FrameType.asked)).toEqual([]);
    answer(requests.at(-1) as Uint8Array);
    expect((await heardAsked(asker)).id).toEqual(ids[requests.length - 1]);
  });
});

describe("the node that is asked", () => {
  it("opens what is sealed for it, acts once for all copies, and drops what is not", async () => {
    const { net, node, peers } = await star(2);
    const [peer] = peers as [Peer];
    const author = net.person();
    const stranger = await net.dial("stranger", "ws://anchor", author);
    const record = stranger.record();
    const request = knock(net, record);
    const sealed = sealRequest(core, net.random, { nodeId: node.id, x25519Pk: node.x25519Pk }, request);
    if (!sealed) throw new Error("no key");
    const requestId = net.random.bytes(16);
    const answers: Uint8Array[] = [];
    for (let copy = 0; copy < 2; copy++) {
      peer.routed(FrameType.sealed, node.id, concat(requestId, sealed.body));
      answers.push((await peer.hearRouted(FrameType.answer)).body);
    }
    expect(answers[1]).toEqual(answers[0]);
    const broken = sealed.body.slice();
    broken[40] = (broken[40] ?? 0) ^ 1;
    peer.routed(FrameType.sealed, node.id, concat(net.random.bytes(16), broken));
    await net.clock.advance(50);
    expect(counter(node, "dropped.unsealed")).toBe(1);
    expect(peer.waiting(FrameType.answer)).toEqual([]);
  });
});
