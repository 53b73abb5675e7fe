import { describe, expect, it } from "vitest";
import type { Placement } from "#node/api.ts";
import { equal, hex } from "#node/bytes.ts";
import { type AnswerBody, AnswerCode, type Request } from "#node/messages.ts";
import { answering, holding, isAnchor, list, MailboxKit, type Place, put, World } from "./mailbox-kit.ts";
import { cellOf, pairBox, putRequest, random } from "./storage-kit.ts";

describe("put", () => {
  it("stores at the four nearest anchors and the four nearest others, and counts valid receipts", () => {
    const world = World.of(8, 20);
    const kit = new MailboxKit(world);
    const [box, cell] = [pairBox(), cellOf()];
    const call = kit.start({ type: "put", box: box.box, cell, signer: 1, stampBits: 0 });
    expect(kit.value(call)).toEqual({ held: 8, of: 8, refused: [] });
    const near = world.nearest(box.address);
    const expected = [...near.filter(isAnchor).slice(0, 4), ...near.filter((place) => !isAnchor(place)).slice(0, 4)];
    expect(new Set(holding(world, box))).toEqual(new Set(expected));
    expect(kit.progress(call).map((step) => (step as Placement).held)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("signs and stamps once for all, and asks each under its own inner id", () => {
    const kit = new MailboxKit(World.of(4, 4));
    const box = pairBox();
    put(kit, box, cellOf(16_384));
    const requests = kit.requests("put").map(({ request }) => request as Extract<Request, { op: "put" }>);
    expect(kit.solves).toEqual([15]);
    expect(new Set(requests.map(({ stamp, sig }) => `${stamp}${hex(sig)}`)).size).toBe(1);
    expect(new Set(requests.map(({ innerId }) => hex(innerId))).size).toBe(8);
    for (const ask of kit.requests("put")) {
      expect(ask).toMatchObject({ lane: "put", order: box.address, open: false });
      expect(ask.avoid).toHaveLength(8);
    }
  });

  it("goes on to the next candidate where one is silent, so that eight hold it", () => {
    const world = World.of(6, 10);
    const kit = new MailboxKit(world);
    const box = pairBox();
    const near = world.nearest(box.address);
    const dead = [...near.filter(isAnchor).slice(0, 2), ...near.filter((place) => !isAnchor(place)).slice(0, 3)];
    for (const place of dead) world.dead(place);
    expect(put(kit, box, cellOf())).toEqual({ held: 8, of: 8, refused: [] });
    expect(holding(world, box).some((place) => dead.includes(place))).toBe(false);
    const before = kit.asks.length;
    put(kit, box, cellOf());
    expect(kit.asks.length - before).toBe(8);
    expect(holding(world, box).filter(isAnchor)).toHaveLength(4);
  });

  it("counts of those alive where there are fewer than eight", () => {
    const world = World.of(1, 3);
    const kit = new MailboxKit(world);
    expect(put(kit, pairBox(), cellOf())).toEqual({ held: 4, of: 4, refused: [] });
    world.dead(world.places[2] as Place);
    expect(put(kit, pairBox(), cellOf())).toEqual({ held: 3, of: 3, refused: [] });
  });

  it("goes on counting of eight where eight were confirmed once", () => {
    const world = World.of(4, 4);
    const kit = new MailboxKit(world);
    const box = pairBox();
    expect(put(kit, box, cellOf())).toMatchObject({ held: 8, of: 8 });
    for (const place of world.places.slice(0, 3)) world.dead(place);
    expect(put(kit, box, cellOf())).toMatchObject({ held: 5, of: 8 });
    expect(put(kit, pairBox(), cellOf())).toMatchObject({ held: 5, of: 5 });
  });

  it("counts no receipt that is not the asked holder's for this very cell", () => {
    const world = World.of(0, 12);
    const kit = new MailboxKit(world);
    const [box, other] = [pairBox(), pairBox()];
    const near = world.nearest(box.address);
    const stolen = near[11] as Place;
    const forge = (change: (body: Extract<AnswerBody, { kind: "stored" }>) => AnswerBody) => (place: Place) => {
      place.script = (_, honest) =>
        honest().map((answer) => (answer.body.kind === "stored" ? { ...answer, body: change(answer.body) } : answer));
    };
    forge((body) => ({ ...body, sig: random(64) }))(near[0] as Place);
    forge((body) => ({ ...body, holder: stolen.contact.nodeId }))(near[1] as Place);
    forge((body) => ({ ...body, hash: random(32) }))(near[2] as Place);
    forge(() => ({ kind: "none" }))(near[3] as Place);
    expect(put(kit, box, cellOf())).toEqual({ held: 8, of: 8, refused: [] });
    expect(kit.count("mailbox.lied")).toBe(4);
    const foreign = putRequest(other, cellOf());
    expect(foreign.place).not.toEqual(box.place);
  });

  it("names refusals by code, and does not spill what an address has no room for", () => {
    const world = World.of(4, 10);
    const kit = new MailboxKit(world);
    const box = pairBox();
    const near = world.nearest(box.address);
    const [a, b] = near.filter(isAnchor) as [Place, Place];
    a.script = answering({ kind: "none" }, AnswerCode.quota);
    b.script = answering({ kind: "none" }, AnswerCode.quota);
    expect(put(kit, box, cellOf())).toEqual({ held: 6, of: 8, refused: [{ code: AnswerCode.quota, count: 2 }] });
    expect(holding(world, box)).toHaveLength(6);
  });

  it("takes the next where a holder is full", () => {
    const world = World.of(0, 12);
    const kit = new MailboxKit(world);
    const box = pairBox();
    for (const place of world.nearest(box.address).slice(0, 3)) {
      place.script = answering({ kind: "none" }, AnswerCode.full);
    }
    expect(put(kit, box, cellOf())).toEqual({ held: 8, of: 8, refused: [{ code: AnswerCode.full, count: 3 }] });
  });

  it("meets a higher price once, within 26 bits, with one more search for all who ask it", () => {
    const world = World.of(0, 8);
    const kit = new MailboxKit(world);
    const box = pairBox();
    const near = world.nearest(box.address);
    const dear = (place: Place, bits: number, always = false): void => {
      let times = 0;
      place.script = (request, honest) => {
        times += 1;
        return times > 1 && !always ? honest() : answering({ kind: "price", bits }, AnswerCode.price)(request);
      };
    };
    dear(near[0] as Place, 13);
    dear(near[1] as Place, 14);
    dear(near[2] as Place, 14, true);
    dear(near[3] as Place, 27);
    expect(put(kit, box, cellOf())).toEqual({ held: 6, of: 8, refused: [{ code: AnswerCode.price, count: 2 }] });
    expect(kit.solves).toEqual([12, 14]);
  });

  it("fails as a whole only when nobody answered, and at once when it is our own side", () => {
    const world = World.of(2, 20);
    const kit = new MailboxKit(world);
    for (const place of world.places) world.dead(place);
    expect(put(kit, pairBox(), cellOf())).toBe("unanswered");
    const before = kit.asks.length;
    for (const place of world.places) world.dead(place, "no-link");
    expect(put(kit, pairBox(), cellOf())).toBe("no-link");
    expect(kit.asks.length - before).toBe(8);
    expect(
      new MailboxKit(new World()).call({ type: "put", box: pairBox().box, cell: cellOf(), signer: 1, stampBits: 0 }),
    ).toBe("unanswered");
  });

  it("refuses what no holder would take before anything is asked", () => {
    const kit = new MailboxKit(World.of(1, 1));
    const box = pairBox();
    const { write, owner } = box.box as { write: { pk: Uint8Array }; owner: { pk: Uint8Array } };
    expect(put(kit, box, random(2_000))).toBe("malformed");
    expect(put(kit, box, cellOf(), 0)).toBe("refused");
    const keyless = { kind: 1 as const, day: 1, write: { pk: write.pk }, owner: { pk: owner.pk } };
    expect(kit.call({ type: "put", box: keyless, cell: cellOf(), signer: 1, stampBits: 0 })).toBe("refused");
    expect(kit.call({ type: "list", box: keyless, breadth: "two" })).toBe("refused");
    expect(
      kit.call({
        type: "put",
        box: { ...keyless, owner: { pk: random(32) } },
        cell: cellOf(),
        signer: 1,
        stampBits: 0,
      }),
    ).toBe("malformed");
    expect(kit.call({ type: "list", box: { ...box.box, kind: 2 } as never, breadth: "two" })).toBe("malformed");
    expect(kit.call({ type: "get", box: box.box, tags: [random(15)] })).toBe("malformed");
    expect(kit.call({ type: "delete", box: box.box, header: random(19), reason: 0 })).toBe("malformed");
    expect(kit.asks).toEqual([]);
    expect(kit.finds).toEqual([]);
  });
});

describe("who is found", () => {
  it("by keys that share only the first bits with the address, over several neighbours, naming nobody", () => {
    const kit = new MailboxKit(World.of(4, 30));
    kit.nodes = 32;
    const box = pairBox();
    put(kit, box, cellOf());
    expect(kit.finds.map(({ skip, filter }) => [skip, filter])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [0, 2],
    ]);
    for (const { key, except } of kit.finds) {
      expect(except).toEqual(new Uint8Array(32));
      expect(key[0]).toBe(box.address[0]);
      expect((key[1] ?? 0) >> 7).toBe((box.address[1] ?? 0) >> 7);
      expect(equal(key.subarray(2), box.address.subarray(2))).toBe(false);
    }
  });

  it("as many ways as there are neighbours, and not again for some minutes", () => {
    const kit = new MailboxKit(World.of(4, 8));
    kit.neighbours = 1;
    const box = pairBox();
    put(kit, box, cellOf());
    expect(kit.finds).toHaveLength(2);
    put(kit, box, cellOf());
    list(kit, box);
    expect(kit.finds).toHaveLength(2);
    kit.advance(6 * 60_000);
    put(kit, box, cellOf());
    expect(kit.finds).toHaveLength(4);
  });

  it("with known anchors beside what FINDs give, and without ourselves", () => {
    const world = World.of(4, 4);
    const kit = new MailboxKit(world);
    const hidden = new World();
    const far = hidden.add({ url: "wss://far.hidden.org" });
    world.add({ id: kit.id });
    kit.known = [far.contact];
    const before = kit.world.places.length;
    put(kit, pairBox(), cellOf());
    expect(before).toBe(9);
    expect(kit.asks.some(({ to }) => equal(to.nodeId, kit.id))).toBe(false);
    expect(Object.keys(kit.machine.anchorShares())).toHaveLength(5 - 1);
    world.places.splice(0, 4);
    put(kit, pairBox(), cellOf());
    expect(kit.asks.some(({ to }) => equal(to.nodeId, far.contact.nodeId))).toBe(true);
  });

  it("says what share of our boxes each anchor holds", () => {
    const kit = new MailboxKit(World.of(2, 20));
    for (let times = 0; times < 5; times += 1) put(kit, pairBox(), cellOf());
    for (const share of Object.values(kit.machine.anchorShares())) expect(share).toBeCloseTo(1);
    expect(Object.keys(kit.machine.anchorShares())).toHaveLength(2);
  });

  it("on a network like main with one anchor a host, on others with all on loopback", () => {
    for (const [loopbackExempt, anchors] of [
      [false, 1],
      [true, 4],
    ] as const) {
      const world = new World();
      for (let at = 0; at < 6; at += 1) world.add({ url: `ws://localhost:${8_787 + at}` });
      for (let at = 0; at < 12; at += 1) world.add();
      const kit = new MailboxKit(world, { loopbackExempt });
      // Far anchors at the cap stand in the other class only where they are near enough.
      const box = pairBox();
      put(kit, box, cellOf());
      const near = world.nearest(box.address);
      const sure = near.filter(isAnchor).slice(0, anchors);
      const rest = near.filter((place) => !sure.includes(place) && (!loopbackExempt || !isAnchor(place)));
      expect(new Set(holding(world, box))).toEqual(new Set([...sure, ...rest.slice(0, 8 - sure.length)]));
    }
  });
});
