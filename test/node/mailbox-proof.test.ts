/** "Deleted" is believed with the owner's signature alone (docs/protocol/storage.md, Belief). */
import { describe, expect, it } from "vitest";
import type { Listed } from "#node/api.ts";
import { deleteBytes, expiryOf } from "#node/machine/cells.ts";
import { type Answer, type AnswerBody, AnswerCode, CellState, type Request } from "#node/messages.ts";
import { answering, get, holding, list, MailboxKit, type Place, put, World } from "./mailbox-kit.ts";
import {
  type BoxKit,
  cellOf,
  core,
  deleteRequest,
  hashOf,
  headerIn,
  inboxBox,
  inboxRequest,
  inviteBox,
  network,
  pairBox,
  random,
  tagIn,
} from "./storage-kit.ts";

interface Filled {
  world: World;
  kit: MailboxKit;
  box: BoxKit;
  cell: Uint8Array;
  /** That hold the cell, nearest first. */
  near: Place[];
}
const filled = (others = 12, box = pairBox(), cell = cellOf()): Filled => {
  const world = World.of(0, others);
  const kit = new MailboxKit(world);
  put(kit, box, cell);
  return { world, kit, box, cell, near: holding(world, box) };
};
const at = (place: Place | undefined, request: Request): void =>
  place?.holder.input({ type: "localRequest", ask: 0, request });
/** Says to LIST, HAVE and PUT that the cell is deleted, and `gives` to GET. */
const liar =
  ({ cell }: Filled, gives: (request: Request, honest: () => Answer[]) => Answer[], ended?: AnswerBody) =>
  (request: Request, honest: () => Answer[]): Answer[] => {
    const say = (body: AnswerBody, code: number = AnswerCode.ok): Answer[] => answering(body, code)(request);
    if (request.op === "list") {
      return say({ kind: "listed", entries: [{ header: headerIn(cell), state: CellState.deleted }] });
    }
    if (request.op === "have") return say(ended ?? { kind: "state", state: CellState.deleted });
    if (request.op === "put") return say(ended ?? { kind: "none" }, AnswerCode.deleted);
    return request.op === "get" ? gives(request, honest) : honest();
  };
const signed = (box: BoxKit, header: Uint8Array, reason: number, secret = box.ownerSecret): Uint8Array =>
  core.sign(secret, "delete", network, deleteBytes(box.address, header, reason));
const tombstone = (header: Uint8Array, sig: Uint8Array, reason = 0) =>
  answering({ kind: "tombstone", left: 0, header, reason, sig });
const have = ({ kit, box, cell }: Filled, expiry?: number): unknown =>
  kit.call({ type: "have", box: box.box, tag: tagIn(cell), hash: hashOf(cell), expiry });

describe("a holder that says deleted without the owner's signature", () => {
  /** What it gives instead of a tombstone. */
  const gifts: [string, (filled: Filled) => (request: Request, honest: () => Answer[]) => Answer[]][] = [
    ["the cell itself", () => (_, honest) => honest()],
    ["that it is missing", ({ cell }) => answering({ kind: "missing", left: 0, tag: tagIn(cell) })],
    ["a refusal", () => answering({ kind: "none" }, AnswerCode.stale)],
    [
      "the signature of another key",
      ({ box, cell }) => tombstone(headerIn(cell), signed(box, headerIn(cell), 0, random(32))),
    ],
    ["a replay for another reason", ({ box, cell }) => tombstone(headerIn(cell), signed(box, headerIn(cell), 1), 0)],
    [
      "a replay of another address",
      ({ cell }) => {
        const other = pairBox();
        return tombstone(headerIn(cell), signed(other, headerIn(cell), 0));
      },
    ],
    [
      "a replay of another cell's",
      ({ box }) => {
        const other = headerIn(cellOf());
        return tombstone(other, signed(box, other, 0));
      },
    ],
  ];

  it.each(gifts)("and gives %s is passed over by list, and counted", (_, gift) => {
    const scene = filled();
    const { kit, box, cell, near } = scene;
    const [first] = near as [Place];
    first.script = liar(scene, gift(scene));
    expect(list(kit, box)).toMatchObject({ entries: [{ header: headerIn(cell), held: 7, deleted: 0 }], of: 8 });
    expect(kit.count("mailbox.unproved")).toBe(1);
  });

  it.each(gifts)("and gives %s is passed over by have", (_, gift) => {
    const scene = filled();
    (scene.near[0] as Place).script = liar(scene, gift(scene));
    expect(have(scene)).toEqual({ held: 7, deleted: 0, of: 8 });
    expect(scene.kit.count("mailbox.unproved")).toBe(1);
  });

  it.each(gifts)("and gives %s costs a put no copy while another holder is there", (_, gift) => {
    const scene = filled();
    (scene.near[0] as Place).script = liar(scene, gift(scene));
    expect(put(scene.kit, scene.box, scene.cell)).toEqual({ held: 8, of: 8, refused: [] });
    expect(scene.kit.count("mailbox.unproved")).toBe(1);
  });

  it("is not told of where nobody holds the cell", () => {
    const scene = filled(8);
    const never = { ...scene, cell: cellOf() };
    for (const place of scene.near) place.script = liar(never, (_, honest) => honest());
    expect(list(scene.kit, scene.box)).toMatchObject({ entries: [], answered: 0 });
    expect(scene.kit.count("mailbox.unproved")).toBe(8);
  });

  it("is asked for proof once a listing, however much it made up", () => {
    const scene = filled();
    const { kit, box, near } = scene;
    const entries = Array.from({ length: 512 }, () => ({ header: headerIn(cellOf()), state: CellState.deleted }));
    (near[0] as Place).script = (request, honest) =>
      request.op === "list" ? answering({ kind: "listed", entries })(request) : honest();
    expect(list(kit, box)).toMatchObject({ entries: [{ held: 7, deleted: 0 }], of: 8 });
    expect(kit.requests("get")).toHaveLength(1);
  });
});

describe("a deletion with the owner's signature", () => {
  it("is told of the holders that say it; copies are counted of the others", () => {
    const scene = filled();
    const { kit, box, cell, near } = scene;
    for (const place of near.slice(0, 3)) at(place, deleteRequest(box, headerIn(cell)));
    expect(list(kit, box)).toMatchObject({ entries: [{ held: 5, deleted: 3 }], of: 8 });
    expect(have(scene)).toEqual({ held: 5, deleted: 3, of: 8 });
    expect(put(kit, box, cell)).toEqual({ held: 5, of: 8, refused: [{ code: AnswerCode.deleted, count: 3 }] });
    expect(kit.count("mailbox.unproved")).toBe(0);
  });

  it("is asked for once, then remembered", () => {
    const { kit, box, cell, near } = filled();
    for (const place of near.slice(0, 3)) at(place, deleteRequest(box, headerIn(cell)));
    list(kit, box);
    list(kit, box);
    expect(kit.requests("get")).toHaveLength(1);
  });

  it("is asked for of those tags alone that the caller names", () => {
    const { kit, box, cell, near } = filled();
    for (const place of near.slice(0, 3)) at(place, deleteRequest(box, headerIn(cell)));
    const read = (prove: Uint8Array[]): unknown => kit.call({ type: "list", box: box.box, breadth: "all", prove });
    expect(read([])).toMatchObject({ entries: [{ held: 5, deleted: 0 }], of: 8 });
    expect(kit.requests("get")).toHaveLength(0);
    expect(read([tagIn(cell)])).toMatchObject({ entries: [{ held: 5, deleted: 3 }] });
  });

  it("is shown for every one of 512 cells", () => {
    const { kit, box, near } = filled();
    for (const place of near) for (let n = 0; n < 60; n++) at(place, deleteRequest(box, headerIn(cellOf())));
    const { entries } = list(kit, box) as Listed;
    expect(entries.filter(({ deleted }) => deleted > 0)).toHaveLength(8 * 60);
    expect(kit.count("mailbox.unproved")).toBe(0);
  });

  it("of the same tag and another expiry ends nothing of ours, and is no lie", () => {
    const scene = filled();
    const { kit, box, cell, near } = scene;
    const other = cellOf(2_048, expiryOf(cell) - 1, tagIn(cell));
    at(near[0], deleteRequest(box, headerIn(other)));
    const { entries } = list(kit, box) as Listed;
    expect(entries.find(({ parsed }) => parsed.expiry === expiryOf(cell))).toMatchObject({ held: 8, deleted: 0 });
    expect(have(scene, expiryOf(cell))).toEqual({ held: 8, deleted: 0, of: 8 });
    expect(kit.count("mailbox.unproved")).toBe(0);
  });

  it("reaches by HAVE the writer of an inbox, who may not GET", () => {
    const box = inboxBox();
    const cell = cellOf(16_384);
    const world = World.of(0, 8);
    const kit = new MailboxKit(world);
    for (const place of world.places) at(place, inboxRequest(box, 18, cell));
    const writer = {
      kind: 2 as const,
      day: 59,
      write: { pk: new Uint8Array(32) },
      owner: { pk: box.place.kind === 2 ? box.place.ownerPk : random(32) },
    };
    const ask = { type: "have" as const, box: writer, tag: tagIn(cell), hash: hashOf(cell), expiry: expiryOf(cell) };
    expect(kit.call(ask)).toEqual({ held: 8, deleted: 0, of: 8 });
    for (const place of world.places.slice(0, 5)) at(place, deleteRequest(box, headerIn(cell), 1));
    expect(kit.call(ask)).toEqual({ held: 3, deleted: 5, of: 8 });
    const old = world.places[5] as Place;
    old.script = answering({ kind: "state", state: CellState.deleted });
    expect(kit.call(ask)).toEqual({ held: 2, deleted: 5, of: 7 });
    const forged = world.places[6] as Place;
    forged.script = answering({ kind: "ended", reason: 1, sig: signed(box, headerIn(cellOf()), 1) });
    expect(kit.call(ask)).toEqual({ held: 1, deleted: 5, of: 6 });
    expect(kit.count("mailbox.unproved")).toBe(3);
  });

  it("of a holder of the version before, which says it unsigned, is proved by GET", () => {
    const scene = filled(12, inviteBox(), cellOf(16_384));
    const { box, cell, near } = scene;
    for (const place of near) {
      at(place, deleteRequest(box, headerIn(cell), 1));
      place.script = (request, honest) => {
        if (request.op === "have") return answering({ kind: "state", state: CellState.deleted })(request);
        return request.op === "put" ? answering({ kind: "none" }, AnswerCode.deleted)(request) : honest();
      };
    }
    expect(have(scene)).toEqual({ held: 0, deleted: 8, of: 8 });
    expect(put(scene.kit, box, cell)).toEqual({
      held: 0,
      of: 8,
      refused: [{ code: AnswerCode.deleted, count: 8 }],
    });
    expect(scene.kit.count("mailbox.unproved")).toBe(0);
  });
});

describe("what else one holder says unsigned", () => {
  it("a high price that it alone names is not worked for", () => {
    const { kit, box, near } = filled();
    (near[0] as Place).script = answering({ kind: "price", bits: 26 }, AnswerCode.price);
    kit.solves.length = 0;
    expect(put(kit, box, cellOf())).toEqual({ held: 7, of: 8, refused: [{ code: AnswerCode.price, count: 1 }] });
    expect(kit.solves).toEqual([12]);
  });

  it("16 made-up tags, listed and not given: it is left out for this address", () => {
    const { kit, box, cell, near } = filled();
    const phantoms = Array.from({ length: 16 }, () => headerIn(cellOf()));
    const entries = [headerIn(cell), ...phantoms].map((header) => ({ header, state: CellState.held }));
    const [first] = near as [Place];
    first.script = (request, honest) =>
      request.op === "list" ? answering({ kind: "listed", entries })(request) : honest();
    expect((list(kit, box) as Listed).entries).toHaveLength(17);
    expect(get(kit, box, ...phantoms.map((header) => header.slice(4))).missing).toHaveLength(16);
    expect(kit.count("mailbox.phantom")).toBe(16);
    expect(list(kit, box)).toMatchObject({ entries: [{ held: 7 }], answered: 8 });
    expect(first.asked.filter(({ op }) => op === "list")).toHaveLength(1);
  });

  it("a tag that nobody gives is named as missing", () => {
    const { kit, box, cell } = filled();
    const phantom = random(16);
    expect(get(kit, box, tagIn(cell), phantom)).toMatchObject({ cells: [{ cell }], missing: [phantom] });
  });

  it("cards without end: two answers, and it is asked no more", () => {
    const world = World.of(0, 8);
    const kit = new MailboxKit(world);
    for (const place of world.places) {
      place.script = (request) => {
        const missing = { kind: "missing" as const, left: 255, tag: new Uint8Array(16) };
        return Array.from({ length: 50 }, () => ({ innerId: request.innerId, code: AnswerCode.ok, body: missing }));
      };
    }
    expect(get(kit, { ...pairBox(), box: { kind: 5, address: random(32) } })).toMatchObject({ cells: [], answered: 8 });
    expect(kit.ended).toHaveLength(8);
  });

  it("answers one at a time without end: the request is over after two minutes", () => {
    const { world, kit, box, near } = filled(1);
    const [only] = near as [Place];
    only.script = () => [];
    const call = kit.start({ type: "get", box: box.box, tags: Array.from({ length: 30 }, () => random(16)) });
    const ask = kit.requests("get").at(-1);
    if (ask?.request.op !== "get") throw new Error("nothing was asked");
    const { innerId, tags } = ask.request;
    for (let s = 0; s < 130 && !kit.ended.includes(ask.ask); s += 4) {
      const body = { kind: "missing" as const, left: 255, tag: tags[0] as Uint8Array };
      kit.input({ type: "asked", ask: ask.ask, answer: { innerId, code: AnswerCode.ok, body } });
      kit.advance(4_000);
    }
    expect(kit.value(call) ?? kit.code(call)).toBeDefined();
    expect(world.clocks.now).toBeLessThan(140_000);
  });
});
