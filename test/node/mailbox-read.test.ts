import { describe, expect, it } from "vitest";
import type { Fetched } from "#node/api.ts";
import { equal, hex } from "#node/bytes.ts";
import { type Answer, AnswerCode, type Request } from "#node/messages.ts";
import { answering, get, holding, isAnchor, list, MailboxKit, type Place, put, World } from "./mailbox-kit.ts";
import {
  type BoxKit,
  cellOf,
  deleteRequest,
  hashOf,
  headerIn,
  inviteBox,
  pairBox,
  putRequest,
  random,
  tagIn,
} from "./storage-kit.ts";

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
      entries: [{ header: headerIn(cell), held: 8, deleted: 0 }],
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
        request: deleteRequest(box, headerIn(cell)),
      });
    const { entries } = list(kit, box);
    expect(entries).toHaveLength(2);
    expect(entries.find((entry) => equal(entry.header, headerIn(cell)))).toMatchObject({ held: 5, deleted: 3 });
    expect(entries.find((entry) => equal(entry.header, headerIn(late)))).toMatchObject({ held: 1, deleted: 0 });
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
    expect(entries.find((entry) => equal(entry.header, headerIn(here)))).toMatchObject({ held: 0, deleted: 0 });
    expect({ answered, of }).toEqual({ answered: 4, of: 4 });
    expect(get(kit, box, tagIn(here)).cells).toMatchObject([{ cell: here }]);
    for (const place of world.places) world.dead(place, "no-link");
    expect(list(kit, box)).toMatchObject({ answered: 0, entries: [{ header: headerIn(here) }] });
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
    expect(get(kit, box, tagIn(cell)).cells).toMatchObject([{ cell, signer: 1 }]);
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
    expect(kit.call({ type: "delete", box: box.box, header: headerIn(bundle), reason: 2 })).toEqual({
      answered: 8,
      of: 8,
    });
    const guest = guestOf(box);
    const fetched = kit.call({ type: "get", box: guest, tags: [tagIn(bundle)] });
    expect(fetched).toMatchObject({ cells: [], tombstones: [{ header: headerIn(bundle), reason: 2 }] });
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
    expect(fetched.cells[0]).toMatchObject({ cell: genuine, signer: 2 });
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
    expect(kit.call({ type: "delete", box: box.box, header: headerIn(cell), reason: 1 })).toEqual({
      answered: 7,
      of: 8,
    });
    expect(kit.call(have)).toEqual({ held: 0, deleted: 7, of: 8 });
    expect(put(kit, box, cell)).toEqual({ held: 0, of: 8, refused: [{ code: AnswerCode.deleted, count: 7 }] });
  });
});
