/** Inboxes (protocol.md §8): open to strangers, so work alone decides what stays. */
import { describe, expect, it } from "vitest";
import { hex } from "#node/bytes.ts";
import { AnswerCode, CellState, Signer } from "#node/messages.ts";
import { answering, get, list, MailboxKit, type Place, put, World } from "./mailbox-kit.ts";
import {
  cellOf,
  deleteRequest,
  HolderKit,
  haveRequest,
  headerIn,
  inboxBox,
  inboxRequest,
  inviteBox,
  putRequest,
  random,
  stampFor,
  tagIn,
} from "./storage-kit.ts";

const PLACES = 64;
/** One inbox and what fills it, 18 bits each: worked for once, shown to many holders. */
const inbox = inboxBox();
const cells = Array.from({ length: PLACES }, () => inboxRequest(inbox, 18));
const last = cells[PLACES - 1] as (typeof cells)[number];
const filled = (): HolderKit => {
  const holder = new HolderKit();
  for (const request of cells) expect(holder.code(request)).toBe(AnswerCode.ok);
  return holder;
};
const priced = (bits: number) => ({ code: AnswerCode.price, body: { kind: "price", bits } });

describe("a holder of an inbox", () => {
  it("takes a stranger's cell for its stamp alone, and shows it to the owner alone", () => {
    const holder = new HolderKit();
    const request = inboxRequest(inbox);
    expect(holder.code(request)).toBe(AnswerCode.ok);
    expect(holder.list(inbox)).toEqual([{ header: headerIn(request.cell), state: CellState.held }]);
    expect(holder.get(inbox, tagIn(request.cell))).toMatchObject([
      { kind: "cell", cell: request.cell, signer: Signer.none, stamp: request.stamp },
    ]);
    expect(holder.one(haveRequest(inbox, request.cell)).body).toEqual({ kind: "state", state: CellState.held });
    const stranger = { ...inbox, ownerSecret: random(32) };
    for (const op of ["list", "get", "watch"] as const) {
      expect(holder.code(holder.read(stranger, op))).toBe(AnswerCode.badSignature);
      expect(holder.code(holder.read(inbox, op, { signer: Signer.write }))).toBe(AnswerCode.badSignature);
    }
    expect(holder.code(deleteRequest(stranger, headerIn(request.cell)))).toBe(AnswerCode.badSignature);
    expect(holder.code(deleteRequest(inbox, headerIn(request.cell)))).toBe(AnswerCode.ok);
    expect(holder.list(inbox)).toEqual([{ header: headerIn(request.cell), state: CellState.deleted }]);
    expect(holder.code(request)).toBe(AnswerCode.deleted);
  });

  it("asks 18 bits at least, whatever the size, and nothing that looks like a signature", () => {
    const holder = new HolderKit();
    for (const size of [2_048, 16_384]) {
      expect(holder.one(inboxRequest(inbox, 17, cellOf(size)))).toMatchObject(priced(18));
      const request = inboxRequest(inbox, 18, cellOf(size));
      for (const wrong of [{ signer: Signer.owner }, { signer: Signer.write }, { sig: random(64) }]) {
        expect(holder.code({ ...request, ...wrong })).toBe(AnswerCode.badSignature);
      }
      const keyed = { ...inbox.place, writePk: random(32) } as typeof inbox.place;
      expect(holder.code({ ...request, place: keyed })).toBe(AnswerCode.badAddress);
    }
    expect(holder.machine.cells).toBe(0);
  });

  it("keeps the 64 strongest stamps: a stronger one displaces the weakest, a weaker one learns what would do", () => {
    const holder = filled();
    const bytes = holder.machine.bytes;
    expect(holder.one(inboxRequest(inbox, 18))).toMatchObject(priced(19));
    const stronger = inboxRequest(inbox, 19);
    expect(holder.code(stronger)).toBe(AnswerCode.ok);
    const held = holder.list(inbox).map(({ header }) => hex(header));
    expect(held).toHaveLength(PLACES);
    expect(held).toContain(hex(headerIn(stronger.cell)));
    // Of equals the one that came last.
    expect(held).not.toContain(hex(headerIn(last.cell)));
    expect(holder.machine).toMatchObject({ cells: PLACES, bytes });
    expect(holder.disk.size).toBe(2 * PLACES);
    expect(holder.count("holder.outranked")).toBe(1);
  });

  it("does so for one day's inbox, and never for a box whose receipts promise", () => {
    const holder = filled();
    const next = inboxBox(60);
    expect(holder.code(inboxRequest(next, 18))).toBe(AnswerCode.ok);
    const invite = inviteBox();
    for (let at = 0; at < PLACES + 2; at += 1) {
      expect(holder.code(putRequest(invite, cellOf()))).toBe(AnswerCode.ok);
    }
    expect(holder.list(invite)).toHaveLength(PLACES + 2);
    expect(holder.list(inbox)).toHaveLength(PLACES);
  });

  it("lets the weaker go only once the disk has the stronger", () => {
    const holder = filled();
    holder.failing = "storage-broken";
    expect(holder.code(inboxRequest(inbox, 19))).toBe(AnswerCode.full);
    expect(holder.list(inbox)).toHaveLength(PLACES);
    expect(holder.machine.cells).toBe(PLACES);
  });

  it("of many that come at once keeps the strongest", () => {
    const holder = filled();
    holder.isHeld = true;
    const strong = Array.from({ length: 4 }, () => inboxRequest(inbox, 19));
    for (const request of strong) expect(holder.ask(request)).toEqual([]);
    expect(holder.list(inbox)).toHaveLength(PLACES);
    holder.taken();
    holder.land();
    expect(holder.taken().map(({ answer }) => answer.code)).toEqual(strong.map(() => AnswerCode.ok));
    const held = new Set(holder.list(inbox).map(({ header }) => hex(header)));
    expect(held.size).toBe(PLACES);
    for (const { cell } of strong) expect(held.has(hex(headerIn(cell)))).toBe(true);
  });

  it("counts tombstones with the strength of what they ended, also after a restart", () => {
    const holder = filled();
    for (const { cell } of cells) expect(holder.code(deleteRequest(inbox, headerIn(cell)))).toBe(AnswerCode.ok);
    const again = new HolderKit({ disk: holder.disk, clocks: holder.clocks, id: holder.id });
    for (const one of [holder, again]) {
      expect(one.list(inbox)).toHaveLength(PLACES);
      expect(one.one(inboxRequest(inbox, 18))).toMatchObject(priced(19));
      expect(one.code(last)).toBe(AnswerCode.deleted);
      expect(one.code(deleteRequest(inbox, headerIn(cellOf())))).toBe(AnswerCode.quota);
    }
    const stronger = inboxRequest(inbox, 19);
    expect(again.code(stronger)).toBe(AnswerCode.ok);
    expect(again.list(inbox)).toHaveLength(PLACES);
    // The tombstone that made way lets nothing back in: its cell is weaker than all that stay.
    const back = cells.filter((request) => again.code(request) !== AnswerCode.deleted);
    expect(back.map((request) => again.one(request))).toMatchObject([priced(19)]);
  });

  it("raises a cell whose author shows a stronger stamp", () => {
    const holder = filled();
    const raised = inboxRequest(inbox, 19, last.cell);
    expect(holder.code(raised)).toBe(AnswerCode.ok);
    expect(holder.code(last)).toBe(AnswerCode.ok);
    const again = new HolderKit({ disk: holder.disk, clocks: holder.clocks, id: holder.id });
    expect(again.code(inboxRequest(inbox, 19))).toBe(AnswerCode.ok);
    const held = again.list(inbox).map(({ header }) => hex(header));
    expect(held).toContain(hex(headerIn(last.cell)));
    expect(again.get(inbox, tagIn(last.cell))).toMatchObject([{ stamp: raised.stamp }]);
  });
});

describe("an inbox among holders", () => {
  it("costs what the card says, and is read with its work by the owner", () => {
    const world = World.of(4, 6);
    const kit = new MailboxKit(world);
    const cell = cellOf(16_384);
    expect(put(kit, inbox, cell, Signer.none, 20)).toEqual({ held: 8, of: 8, refused: [] });
    expect(put(kit, inbox, cellOf(16_384), Signer.none)).toMatchObject({ held: 8 });
    expect(kit.solves).toEqual([20, 18]);
    expect(list(kit, inbox).entries).toHaveLength(2);
    const { cells } = get(kit, inbox, tagIn(cell));
    expect(cells).toMatchObject([{ cell, signer: Signer.none }]);
    expect(cells[0]?.stampBits).toBeGreaterThanOrEqual(20);
    expect(kit.call({ type: "delete", box: inbox.box, header: headerIn(cell), reason: 0 })).toMatchObject({ of: 8 });
    expect(list(kit, inbox).entries.find(({ header }) => hex(header) === hex(headerIn(cell)))).toMatchObject({
      deleted: 8,
    });
  });

  it("pays more than the card says once, where it is full of stronger stamps", () => {
    const world = World.of(0, 8);
    const kit = new MailboxKit(world);
    const place = world.nearest(inbox.address)[0] as Place;
    for (const request of cells) place.holder.input({ type: "localRequest", ask: 0, request });
    expect(put(kit, inbox, cellOf(16_384), Signer.none)).toEqual({ held: 8, of: 8, refused: [] });
    // A search may find more than it was for.
    expect([[18], [18, 19]]).toContainEqual(kit.solves);
    expect(place.holder.machine.cells).toBe(PLACES);
  });

  it("takes no cell from a holder that made one up without work, and no price that cannot be paid", () => {
    const world = World.of(0, 8);
    const kit = new MailboxKit(world);
    const cell = cellOf(16_384);
    const made = { signer: Signer.none, sig: new Uint8Array(64), stamp: stampFor(inbox.address, cell, 1), cell };
    for (const place of world.places) place.script = answering({ kind: "cell", left: 0, ...made });
    kit.call({ type: "get", box: inbox.box, tags: [tagIn(cell)] });
    expect(kit.count("mailbox.lied")).toBeGreaterThan(0);
    expect(put(kit, inbox, cell, Signer.none, 27)).toBe("malformed");
    expect(put(kit, inbox, cell, Signer.write)).toBe("refused");
    const { owner } = inbox.box as { owner: { pk: Uint8Array } };
    const keyed = { kind: 2 as const, day: 1, write: { pk: random(32) }, owner };
    expect(kit.call({ type: "list", box: keyed, breadth: "two" })).toBe("malformed");
    expect(kit.solves).toEqual([]);
  });
});
