import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fetched, Listed, Placement } from "#node/api.ts";
import { equal, hex } from "#node/bytes.ts";
import type { Effect } from "#node/event.ts";
import { type Answer, type AnswerBody, AnswerCode, Capability, type NodeId, type Request } from "#node/messages.ts";
import { MailboxKit, type Place, World } from "./mailbox-kit.ts";
import {
  type BoxKit,
  cellOf,
  deleteRequest,
  hashOf,
  inviteBox,
  pairBox,
  putRequest,
  random,
  START,
  tagIn,
} from "./storage-kit.ts";

const header = (cell: Uint8Array): Uint8Array => cell.slice(0, 20);
const put = (kit: MailboxKit, box: BoxKit, cell: Uint8Array, signer = 1): Placement | string =>
  kit.call({ type: "put", box: box.box, cell, signer }) as Placement | string;
const list = (kit: MailboxKit, box: BoxKit, breadth: "two" | "all" = "all"): Listed =>
  kit.call({ type: "list", box: box.box, breadth }) as Listed;
const get = (kit: MailboxKit, box: BoxKit, ...tags: Uint8Array[]): Fetched =>
  kit.call({ type: "get", box: box.box, tags }) as Fetched;
/** Places that hold an entry of the box, by nearness. */
const holding = (world: World, box: BoxKit): Place[] =>
  world.nearest(box.address).filter(({ holder }) => {
    const usual = holder.onAnswer;
    holder.onAnswer = undefined;
    const entries = holder.list(box);
    holder.onAnswer = usual;
    return entries.length > 0;
  });
const isAnchor = ({ contact }: Place): boolean => (contact.record.capabilities & Capability.anchor) !== 0;
const answering =
  (body: AnswerBody, code: number = AnswerCode.ok) =>
  (request: Request): Answer[] => [{ innerId: request.innerId, code, body }];

describe("put", () => {
  it("stores at the four nearest anchors and the four nearest others, and counts valid receipts", () => {
    const world = World.of(8, 20);
    const kit = new MailboxKit(world);
    const [box, cell] = [pairBox(), cellOf()];
    const call = kit.start({ type: "put", box: box.box, cell, signer: 1 });
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
    expect(new MailboxKit(new World()).call({ type: "put", box: pairBox().box, cell: cellOf(), signer: 1 })).toBe(
      "unanswered",
    );
  });

  it("refuses what no holder would take before anything is asked", () => {
    const kit = new MailboxKit(World.of(1, 1));
    const box = pairBox();
    const { write, owner } = box.box as { write: { pk: Uint8Array }; owner: { pk: Uint8Array } };
    expect(put(kit, box, random(2_000))).toBe("malformed");
    expect(put(kit, box, cellOf(), 0)).toBe("refused");
    const keyless = { kind: 1 as const, day: 1, write: { pk: write.pk }, owner: { pk: owner.pk } };
    expect(kit.call({ type: "put", box: keyless, cell: cellOf(), signer: 1 })).toBe("refused");
    expect(kit.call({ type: "list", box: keyless, breadth: "two" })).toBe("refused");
    expect(kit.call({ type: "put", box: { ...keyless, owner: { pk: random(32) } }, cell: cellOf(), signer: 1 })).toBe(
      "malformed",
    );
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

describe("list", () => {
  const filled = (world: World): { kit: MailboxKit; box: BoxKit; cell: Uint8Array } => {
    const kit = new MailboxKit(world);
    const [box, cell] = [pairBox(), cellOf()];
    put(kit, box, cell);
    return { kit, box, cell };
  };

  it("of all counts copies by distinct holder, and n falls when holders go", () => {
    const world = World.of(4, 8);
    const { kit, box, cell } = filled(world);
    expect(list(kit, box)).toMatchObject({
      entries: [{ header: header(cell), held: 8, deleted: 0 }],
      asked: 8,
      answered: 8,
      of: 8,
    });
    for (const place of holding(world, box).slice(0, 3)) world.dead(place);
    expect(list(kit, box)).toMatchObject({ entries: [{ held: 5 }], of: 8 });
  });

  it("of two asks one anchor and one other, and another of the class where one is silent", () => {
    const world = World.of(4, 8);
    const { kit, box } = filled(world);
    const asked = (): Place[] => kit.requests("list").map(({ to }) => world.at(to.nodeId) as Place);
    expect(list(kit, box, "two")).toMatchObject({ asked: 2, answered: 2, of: 8, entries: [{ held: 2 }] });
    expect(asked().map(isAnchor).sort()).toEqual([false, true]);
    for (const place of asked()) world.dead(place);
    kit.asks.length = 0;
    expect(list(kit, box, "two")).toMatchObject({ answered: 2, entries: [{ held: 2 }] });
    expect(asked().map(isAnchor).sort()).toEqual([false, false, true, true]);
  });

  it("tells deleted from held, and takes the union", () => {
    const world = World.of(4, 4);
    const { kit, box, cell } = filled(world);
    const late = cellOf();
    world.places[0]?.holder.input({ type: "localRequest", ask: 0, request: putRequest(box, late) });
    for (const place of world.places.slice(0, 3))
      place.holder.input({
        type: "localRequest",
        ask: 0,
        request: deleteRequest(box, header(cell)),
      });
    const { entries } = list(kit, box);
    expect(entries).toHaveLength(2);
    expect(entries.find((entry) => equal(entry.header, header(cell)))).toMatchObject({ held: 5, deleted: 3 });
    expect(entries.find((entry) => equal(entry.header, header(late)))).toMatchObject({ held: 1, deleted: 0 });
  });

  it("leaves a holder out that refuses or talks nonsense", () => {
    const world = World.of(4, 6);
    const { kit, box } = filled(world);
    const [a, b, c] = holding(world, box) as [Place, Place, Place];
    a.script = answering({ kind: "none" }, AnswerCode.stale);
    b.script = answering({ kind: "none" });
    c.script = answering({
      kind: "listed",
      entries: [
        { header: random(20), state: 1 },
        { header: random(3), state: 7 },
      ],
    });
    expect(list(kit, box)).toMatchObject({ entries: [{ held: 5 }], answered: 8 });
  });

  it("reads our own store too, which counts for nothing", () => {
    const world = World.of(2, 2);
    const kit = new MailboxKit(world);
    const own = kit.holdsToo();
    const [box, here, there] = [pairBox(), cellOf(), cellOf()];
    own.input({ type: "localRequest", ask: 0, request: putRequest(box, here) });
    put(kit, box, there);
    const { entries, answered, of } = list(kit, box);
    expect(entries).toHaveLength(2);
    expect(entries.find((entry) => equal(entry.header, header(here)))).toMatchObject({ held: 0, deleted: 0 });
    expect({ answered, of }).toEqual({ answered: 4, of: 4 });
    expect(get(kit, box, tagIn(here)).cells).toMatchObject([{ cell: here }]);
    for (const place of world.places) world.dead(place, "no-link");
    expect(list(kit, box)).toMatchObject({ answered: 0, entries: [{ header: header(here) }] });
  });
});

describe("get", () => {
  const filled = (world: World, cells: Uint8Array[], box: BoxKit = pairBox()): { kit: MailboxKit; box: BoxKit } => {
    const kit = new MailboxKit(world);
    for (const cell of cells) put(kit, box, cell);
    kit.asks.length = 0;
    return { kit, box };
  };

  it("takes each cell once, from a holder that listed it", () => {
    const world = World.of(4, 4);
    const cells = Array.from({ length: 40 }, () => cellOf());
    const { kit, box } = filled(world, cells);
    list(kit, box, "two");
    const fetched = get(kit, box, ...cells.map(tagIn));
    expect(new Set(fetched.cells.map(({ cell }) => hex(cell)))).toEqual(new Set(cells.map(hex)));
    expect(fetched.tombstones).toEqual([]);
    const requests = kit.requests("get");
    expect(requests).toHaveLength(2);
    for (const { open, ask, lane } of requests)
      expect([open, kit.ended.includes(ask), lane]).toEqual([true, true, "read"]);
  });

  const flip = (bytes: Uint8Array, at: number): void => void bytes.fill((bytes[at] ?? 0) ^ 1, at, at + 1);
  const lies: [string, (request: Request, honest: () => Answer[]) => Answer[] | "unanswered"][] = [
    ["changes a byte", (_, honest) => change(honest(), ({ cell }) => flip(cell, 100))],
    ["changes the author's signature", (_, honest) => change(honest(), ({ sig }) => flip(sig, 3))],
    ["says that nobody signed", (_, honest) => change(honest(), (body) => Object.assign(body, { signer: 0 }))],
    [
      "cuts the cell short",
      (_, honest) => change(honest(), (body) => Object.assign(body, { cell: body.cell.slice(0, 1_000) })),
    ],
    ["gives another cell", (_, honest) => change(honest(), (body) => Object.assign(body, { cell: cellOf() }))],
    ["withholds it", (request) => answering({ kind: "missing", left: 0, tag: tagsOf(request) })(request)],
    [
      "makes up a tombstone",
      (request) => {
        const made = random(20);
        made.set(tagsOf(request), 4);
        return answering({ kind: "tombstone", left: 0, header: made, reason: 0, sig: random(64) })(request);
      },
    ],
    ["answers something else", (request) => answering({ kind: "state", state: 1 })(request)],
    ["refuses", (request) => answering({ kind: "none" }, AnswerCode.badSignature)(request)],
    ["falls silent", () => "unanswered"],
  ];
  it.each(lies)("goes to the next holder where one %s", (_, script) => {
    const world = World.of(4, 4);
    const cell = cellOf();
    const { kit, box } = filled(world, [cell]);
    list(kit, box, "all");
    const [first, ...rest] = holding(world, box);
    if (first === undefined) throw new Error("nobody holds it");
    let lied = 0;
    for (const place of [first, ...rest.slice(0, 6)]) {
      place.script = (request, honest) => {
        if (request.op !== "get") return honest();
        lied += 1;
        return script(request, honest);
      };
    }
    expect(get(kit, box, tagIn(cell)).cells).toEqual([{ cell, signer: 1 }]);
    expect(lied).toBeGreaterThan(0);
  });

  it("asks the others where a tag was not listed, and says what nobody has", () => {
    const world = World.of(4, 4);
    const cell = cellOf();
    const kit = new MailboxKit(world);
    const box = pairBox();
    const last = world.nearest(box.address).at(-1) as Place;
    last.holder.input({ type: "localRequest", ask: 0, request: putRequest(box, cell) });
    expect(get(kit, box, tagIn(cell), random(16))).toMatchObject({ cells: [{ cell }], tombstones: [], answered: 8 });
  });

  it("hands out tombstones that the owner signed, with their reason", () => {
    const world = World.of(4, 4);
    const box = inviteBox();
    const bundle = cellOf(16_384);
    const { kit } = filled(world, [], box);
    put(kit, box, bundle, 2);
    expect(kit.call({ type: "delete", box: box.box, header: header(bundle), reason: 2 })).toEqual({
      answered: 8,
      of: 8,
    });
    const guest = guestOf(box);
    const fetched = kit.call({ type: "get", box: guest, tags: [tagIn(bundle)] });
    expect(fetched).toMatchObject({ cells: [], tombstones: [{ header: header(bundle), reason: 2 }] });
  });

  it("looks on for the owner's cell where a stranger put another under the same tag", () => {
    const world = World.of(4, 4);
    const box = inviteBox();
    const tag = random(16);
    const genuine = cellOf(16_384, undefined, tag);
    const { kit } = filled(world, [], box);
    const near = world.nearest(box.address);
    const at = (place: Place | undefined, request: Request): void =>
      place?.holder.input({ type: "localRequest", ask: 0, request });
    for (const place of near.slice(0, 7)) at(place, putRequest(box, cellOf(2_048, undefined, tag)));
    at(near[7], putRequest(box, genuine, 2));
    const guest = guestOf(box);
    const fetched = kit.call({ type: "get", box: guest, tags: [tag] }) as Fetched;
    expect(fetched.cells[0]).toEqual({ cell: genuine, signer: 2 });
    expect(fetched.cells.length).toBeLessThanOrEqual(4);
  });

  it("does not wait for ever for answers that were announced", () => {
    const world = World.of(0, 2);
    const [one, two] = [cellOf(), cellOf()];
    const { kit, box } = filled(world, [one, two]);
    const [first] = world.nearest(box.address);
    if (first === undefined) throw new Error("nobody");
    first.script = (request, honest) => (request.op === "get" ? honest().slice(0, 1) : honest());
    const call = kit.start({ type: "get", box: box.box, tags: [tagIn(one), tagIn(two)] });
    kit.advance(5_000);
    expect((kit.value(call) as Fetched).cells).toHaveLength(2);
  });
});

const change = (
  answers: Answer[],
  spoil: (body: { cell: Uint8Array; sig: Uint8Array; signer: number }) => void,
): Answer[] =>
  answers.map((answer) => {
    if (answer.body.kind !== "cell") return answer;
    const body = { ...answer.body, cell: answer.body.cell.slice(), sig: answer.body.sig.slice() };
    spoil(body);
    return { ...answer, body };
  });
/** The box as whoever has the link sees it. */
const guestOf = ({ box }: BoxKit): BoxKit["box"] => (box.kind === 5 ? box : { ...box, owner: { pk: box.owner.pk } });
const tagsOf = (request: Request): Uint8Array => (request.op === "get" ? (request.tags[0] ?? random(16)) : random(16));

describe("have and delete", () => {
  it("count over the whole set", () => {
    const world = World.of(4, 4);
    const kit = new MailboxKit(world);
    const [box, cell] = [inviteBox(), cellOf(16_384)];
    put(kit, box, cell);
    const have = { type: "have" as const, box: box.box, tag: tagIn(cell), hash: hashOf(cell) };
    expect(kit.call(have)).toEqual({ held: 8, deleted: 0, of: 8 });
    world.dead(world.places[0] as Place);
    expect(kit.call(have)).toEqual({ held: 7, deleted: 0, of: 8 });
    expect(kit.call({ type: "delete", box: box.box, header: header(cell), reason: 1 })).toEqual({ answered: 7, of: 8 });
    expect(kit.call(have)).toEqual({ held: 0, deleted: 7, of: 8 });
    expect(put(kit, box, cell)).toEqual({ held: 0, of: 8, refused: [{ code: AnswerCode.deleted, count: 7 }] });
  });
});

describe("watch", () => {
  const watching = (world: World): { kit: MailboxKit; writer: MailboxKit; box: BoxKit; call: number } => {
    const kit = new MailboxKit(world);
    const writer = new MailboxKit(world, { seed: "writer" });
    const box = pairBox();
    const call = kit.start({ type: "watch", box: box.box });
    return { kit, writer, box, call };
  };
  const told = (kit: MailboxKit, call: number): string[] => kit.progress(call).map((value) => hex(value as Uint8Array));

  it("leases at an anchor and another, lists first, then tells each new cell once", () => {
    const world = World.of(4, 8);
    const { kit, writer, box, call } = watching(world);
    expect(kit.value(call)).toMatchObject({ entries: [], asked: 2, answered: 2, of: 8 });
    expect(
      kit
        .requests("watch")
        .map(({ to }) => isAnchor(world.at(to.nodeId) as Place))
        .sort(),
    ).toEqual([false, true]);
    const cells = [cellOf(), cellOf()];
    for (const cell of cells) put(writer, box, cell);
    expect(told(kit, call)).toEqual(cells.map((cell) => hex(header(cell))));
  });

  it("renews after 7 to 9 minutes, before the old lease ends, and makes good what was lost", () => {
    const world = World.of(4, 8);
    const { kit, writer, box, call } = watching(world);
    const [due] = [...kit.timers.values()];
    expect(due).toBeGreaterThanOrEqual(world.clocks.now + 7 * 60_000);
    expect(due).toBeLessThanOrEqual(world.clocks.now + 9 * 60_000);
    // A notice that never arrives: both holders lose their leases.
    for (const { holder } of world.places) holder.onAnswer = () => {};
    const cell = cellOf();
    for (const place of world.nearest(box.address))
      place.holder.input({ type: "localRequest", ask: 0, request: putRequest(box, cell) });
    expect(told(kit, call)).toEqual([]);
    kit.advance(9 * 60_000);
    expect(told(kit, call)).toEqual([hex(header(cell))]);
    expect(kit.requests("watch")).toHaveLength(4);
    expect(kit.listening).toBe(2);
    expect(kit.ended).toHaveLength(2);
    expect(kit.finds).toHaveLength(4);
    expect(put(writer, box, cellOf())).toMatchObject({ held: 8 });
  });

  it("asks anew at once when the neighbour goes, and moves on when a holder goes", () => {
    const world = World.of(4, 8);
    const { kit, writer, box, call } = watching(world);
    kit.loseNeighbour();
    const asked = kit.requests("watch").map(({ to }) => hex(to.nodeId));
    expect(asked).toHaveLength(4);
    expect(new Set(asked.slice(2))).toEqual(new Set(asked.slice(0, 2)));
    expect(kit.listening).toBe(2);
    for (const { to } of kit.requests("watch")) world.dead(world.at(to.nodeId) as Place);
    kit.loseNeighbour();
    expect(kit.listening).toBe(2);
    const cell = cellOf();
    put(writer, box, cell);
    expect(told(kit, call)).toEqual([hex(header(cell))]);
  });

  it("without a link tells so, tries again in a while, and soon after a link came", () => {
    const world = World.of(2, 6);
    for (const place of world.places) world.dead(place, "no-link");
    const { kit, call } = watching(world);
    expect(kit.value(call)).toMatchObject({ answered: 0 });
    kit.advance(20_000);
    expect(kit.requests("watch").length).toBeGreaterThan(2);
    for (const place of world.places) place.script = undefined;
    const before = world.clocks.now;
    kit.input({ type: "linkUp", link: 1, contact: (world.places[0] as Place).contact, dialed: true });
    kit.advance(1_000);
    expect(kit.listening).toBe(2);
    expect(world.clocks.now - before).toBe(1_000);
  });

  it("ends all with unwatch, and takes no more than 64", () => {
    const world = World.of(2, 4);
    const { kit, call } = watching(world);
    const calls = Array.from({ length: 64 }, () => kit.start({ type: "watch", box: pairBox().box }));
    expect(kit.code(calls[63] ?? 0)).toBe("limit");
    expect(kit.code(calls[62] ?? 0)).toBeUndefined();
    for (const one of [call, ...calls]) kit.input({ type: "unwatch", call: one });
    expect(kit.listening).toBe(0);
    expect([...kit.timers.keys()].filter((timer) => timer.startsWith("mailbox:"))).toEqual([]);
    kit.advance(20 * 60_000);
    expect(kit.requests("watch")).toHaveLength(128);
  });

  it("is not moved by a holder that tells of nonsense", () => {
    const world = World.of(0, 2);
    const { kit, call } = watching(world);
    const [first] = kit.requests("watch");
    if (first === undefined) throw new Error("nobody asked");
    const notify = (bytes: Uint8Array): void =>
      kit.input({
        type: "asked",
        ask: first.ask,
        answer: { innerId: first.request.innerId, code: AnswerCode.ok, body: { kind: "notify", header: bytes } },
      });
    notify(random(20));
    notify(random(4));
    expect(told(kit, call)).toEqual([]);
    for (let times = 0; times < 2_000; times += 1) notify(header(cellOf()));
    expect(told(kit, call).length).toBeLessThanOrEqual(512);
  });
});

describe("bounds", () => {
  it("never more than eight requests in flight, and all calls end", () => {
    const world = World.of(4, 8);
    const kit = new MailboxKit(world);
    kit.isHeld = true;
    const boxes = Array.from({ length: 20 }, () => pairBox());
    const calls = boxes.map((box) => kit.start({ type: "put", box: box.box, cell: cellOf(), signer: 1 }));
    for (let turns = 0; turns < 400; turns += 1) kit.answer(3);
    expect(kit.mostInFlight).toBe(8);
    for (const call of calls) expect(kit.value(call)).toMatchObject({ held: 8, of: 8 });
  });

  it("says busy beyond 128 calls", () => {
    const kit = new MailboxKit(World.of(2, 2));
    kit.isSolvingHeld = true;
    const [box, cell] = [pairBox(), cellOf()];
    const calls = Array.from({ length: 129 }, () => kit.start({ type: "put", box: box.box, cell, signer: 1 }));
    expect(kit.code(calls[128] ?? 0)).toBe("busy");
    expect(kit.code(calls[127] ?? 0)).toBeUndefined();
  });

  it("gives up on requests that nobody ends", () => {
    const world = World.of(0, 3);
    const kit = new MailboxKit(world);
    for (const place of world.places) place.script = () => [];
    const call = kit.start({ type: "list", box: pairBox().box, breadth: "all" });
    kit.advance(61_000);
    expect(kit.code(call)).toBe("unanswered");
  });
});

describe("a mailbox under noise", () => {
  const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
  const left = fc.nat(255);
  const body: fc.Arbitrary<AnswerBody> = fc.oneof(
    fc.constant({ kind: "none" as const }),
    fc.record({ kind: fc.constant("price" as const), bits: fc.nat(14) }),
    fc.record({
      kind: fc.constant("stored" as const),
      address: bytes(32),
      tag: bytes(16),
      hash: bytes(32),
      expiry: fc.nat(65_535),
      holder: bytes(32),
      sig: bytes(64),
    }),
    fc.record({
      kind: fc.constant("listed" as const),
      entries: fc.array(fc.record({ header: fc.uint8Array({ maxLength: 24 }), state: fc.nat(4) }), { maxLength: 5 }),
    }),
    fc.record({ kind: fc.constant("state" as const), state: fc.nat(5) }),
    fc.record({
      kind: fc.constant("cell" as const),
      left,
      signer: fc.nat(4),
      sig: bytes(64),
      stamp: fc.constant(0n),
      cell: fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.constant(cellOf()), fc.constant(new Uint8Array(16_384))),
    }),
    fc.record({
      kind: fc.constant("tombstone" as const),
      left,
      header: bytes(20),
      reason: fc.nat(255),
      sig: bytes(64),
    }),
    fc.record({ kind: fc.constant("missing" as const), left, tag: bytes(16) }),
    fc.record({ kind: fc.constant("notify" as const), header: fc.uint8Array({ maxLength: 24 }) }),
    fc.constant({ kind: "linked" as const }),
  );
  const answers = fc.array(fc.tuple(fc.nat(11), body), { minLength: 1, maxLength: 4 });

  it("never throws, always ends, counts nothing and hands out nothing that is not proven", () => {
    fc.assert(
      fc.property(fc.array(answers, { minLength: 1, maxLength: 12 }), fc.nat(4), (script, which) => {
        const world = World.of(1, 4);
        const kit = new MailboxKit(world);
        let turn = 0;
        for (const place of world.places) {
          place.script = ({ innerId }) => {
            turn += 1;
            return (script[turn % script.length] ?? []).map(([code, one]) => ({ innerId, code, body: one }));
          };
        }
        const { box } = pairBox();
        const cell = cellOf();
        const commands = [
          { type: "put", box, cell, signer: 1 },
          { type: "list", box, breadth: "all" },
          { type: "get", box, tags: [tagIn(cell), random(16)] },
          { type: "delete", box, header: header(cell), reason: 0 },
          { type: "get", box: { kind: 5, address: random(32) }, tags: [] },
        ] as const;
        const command = commands[which] ?? commands[0];
        const call = kit.start(command as never);
        kit.advance(200_000);
        const value = kit.value(call);
        expect(value !== undefined || kit.code(call) !== undefined).toBe(true);
        if (command.type === "put" && value !== undefined) expect((value as Placement).held).toBe(0);
        if (command.type === "get" && value !== undefined) expect(value).toMatchObject({ cells: [], tombstones: [] });
        expect(kit.listening).toBe(0);
      }),
      { numRuns: 600 },
    );
  });

  it("ignores what it never asked for", () => {
    const kit = new MailboxKit(World.of(1, 1));
    const contact = (kit.world.places[0] as Place).contact;
    const answer = { innerId: random(16), code: 0, body: { kind: "none" as const } };
    const strangers = [
      { type: "asked", ask: 4_711, answer },
      { type: "found", ask: 4_711, contacts: [contact] },
      { type: "askFailed", ask: 4_711, reason: "unanswered" },
      { type: "askLost", ask: 4_711 },
      { type: "solved", solve: 4_711, nonce: 0n },
      { type: "unwatch", call: 4_711 },
      { type: "timer", timer: "mailbox:watch:4711" },
      { type: "timer", timer: "mailbox:ask:4711" },
      { type: "timer", timer: "mailbox:find:00" },
    ] as const;
    const effects: Effect[] = strangers.flatMap((input) => [...kit.machine.step(input, START)]);
    expect(effects).toEqual([]);
    expect(equal(kit.id, contact.nodeId as NodeId)).toBe(false);
  });
});
