import { describe, expect, it } from "vitest";
import { unitOf } from "#node/machine/cells.ts";
import { AnswerCode, CellState, type Request, Signer } from "#node/messages.ts";
import {
  cellOf,
  deleteRequest,
  HolderKit,
  haveRequest,
  headerIn,
  inviteBox,
  nodeId,
  pairBox,
  putRequest,
  random,
  START,
  tagIn,
  UNIT,
} from "./storage-kit.ts";

describe("DELETE", () => {
  it("leaves a tombstone that wins over the cell, before and after, and is idempotent", () => {
    const holder = new HolderKit();
    const box = pairBox();
    const cell = cellOf();
    const put = putRequest(box, cell);
    const end = deleteRequest(box, headerIn(cell), 1);
    holder.ask(put);
    for (let times = 0; times < 3; times += 1)
      expect(holder.one(end)).toMatchObject({ code: AnswerCode.ok, body: { kind: "none" } });
    expect(holder.list(box)).toEqual([{ header: headerIn(cell), state: CellState.deleted }]);
    expect(holder.get(box, tagIn(cell))).toEqual([
      { kind: "tombstone", left: 0, header: headerIn(cell), reason: 1, sig: end.sig },
    ]);
    const proof = { kind: "ended", reason: 1, sig: end.sig };
    expect(holder.one(haveRequest(box, cell))).toMatchObject({ code: AnswerCode.ok, body: proof });
    expect(holder.one(put)).toMatchObject({ code: AnswerCode.deleted, body: proof });
    expect(holder.machine.cells).toBe(0);
    expect([...holder.disk.keys()].filter((key) => key.startsWith("cell/"))).toEqual([]);
  });

  it("ends a cell that never came here, so that a late copy stays away", () => {
    const holder = new HolderKit();
    const box = pairBox();
    const cell = cellOf();
    expect(holder.code(deleteRequest(box, headerIn(cell)))).toBe(AnswerCode.ok);
    expect(holder.code(putRequest(box, cell))).toBe(AnswerCode.deleted);
  });

  it("is the owner's alone, of the box it names, and never of what is past", () => {
    const holder = new HolderKit();
    const box = inviteBox();
    const cell = cellOf();
    holder.ask(putRequest(box, cell));
    expect(holder.code(deleteRequest({ ...box, ownerSecret: box.writeSecret }, headerIn(cell)))).toBe(
      AnswerCode.badSignature,
    );
    expect(holder.code({ ...deleteRequest(box, headerIn(cell)), reason: 2 })).toBe(AnswerCode.badSignature);
    expect(holder.code({ ...deleteRequest(box, headerIn(cell)), place: pairBox().place })).toBe(
      AnswerCode.badSignature,
    );
    expect(holder.code(deleteRequest(box, headerIn(cellOf(2_048, unitOf(START) - 1))))).toBe(AnswerCode.past);
    expect(holder.list(box)).toEqual([{ header: headerIn(cell), state: CellState.held }]);
  });

  it.each([
    ["put first", false],
    ["delete first", false],
    ["put first", true],
    ["delete first", true],
  ] as const)(
    "wins over a PUT that the disk confirms at the same time: %s, landed in reverse: %s",
    (order, reversed) => {
      const holder = new HolderKit();
      const box = pairBox();
      const cell = cellOf();
      holder.ask(holder.read(box, "watch"));
      holder.isHeld = true;
      holder.taken();
      const [put, end] = [putRequest(box, cell), deleteRequest(box, headerIn(cell))];
      for (const request of order === "put first" ? [put, end] : [end, put]) holder.ask(request);
      if (reversed) holder.waiting.reverse();
      holder.land();
      holder.land();
      const answers = holder.taken().map(({ answer }) => answer);
      const codes = answers.map(({ innerId, code }) => [innerId === put.innerId ? "put" : "delete", code]);
      expect(new Map(codes as [string, number][])).toEqual(
        new Map([
          ["put", AnswerCode.deleted],
          ["delete", AnswerCode.ok],
        ]),
      );
      expect(answers).toHaveLength(2);
      expect(holder.list(box)).toEqual([{ header: headerIn(cell), state: CellState.deleted }]);
      expect([...holder.disk.keys()].filter((key) => key.startsWith("cell/"))).toEqual([]);
      expect(holder.machine.cells).toBe(0);
    },
  );
});

describe("reads", () => {
  it("are refused when not fresh, by network time", () => {
    const holder = new HolderKit();
    const box = pairBox();
    for (const [sent, code] of [
      [START, AnswerCode.ok],
      [START - 10 * 60_000, AnswerCode.ok],
      [START + 10 * 60_000, AnswerCode.ok],
      [START - 11 * 60_000, AnswerCode.stale],
      [START + 11 * 60_000, AnswerCode.stale],
    ] as const) {
      for (const op of ["list", "get", "watch"] as const) {
        expect(holder.ask(holder.read(box, op, { sent, tags: [random(16)] }))[0]?.code).toBe(code);
      }
    }
  });

  it("are answered again to the retries of the asker, and refused as stale when replayed", () => {
    const holder = new HolderKit();
    const box = pairBox();
    const request = holder.read(box, "list");
    for (let times = 0; times < 4; times += 1) expect(holder.code(request)).toBe(AnswerCode.ok);
    expect(holder.code(request)).toBe(AnswerCode.stale);
    const later = holder.read(box, "list");
    expect(holder.code(later)).toBe(AnswerCode.ok);
    holder.advance(61_000);
    expect(holder.code(later)).toBe(AnswerCode.stale);
  });

  it("are signed by the owner for this holder, this operation and this box", () => {
    const holder = new HolderKit();
    const box = pairBox();
    const list = holder.read(box, "list");
    const get = holder.read(box, "get", { tags: [random(16)] });
    expect(holder.code({ ...get, op: "list" } as Request)).toBe(AnswerCode.badSignature);
    expect(holder.code({ ...list, innerId: random(16) })).toBe(AnswerCode.badSignature);
    expect(holder.code(holder.read(box, "list", { holder: nodeId() }))).toBe(AnswerCode.badSignature);
    expect(holder.code({ ...list, place: pairBox().place } as Request)).toBe(AnswerCode.badSignature);
    expect(holder.code({ ...list, signer: Signer.none } as Request)).toBe(AnswerCode.badSignature);
  });

  it("let an invite's writer fetch what it can name, never list or watch", () => {
    const holder = new HolderKit();
    const box = inviteBox();
    const bundle = cellOf(16_384);
    holder.ask(putRequest(box, bundle, Signer.owner));
    const signer = Signer.write;
    expect(holder.ask(holder.read(box, "get", { tags: [tagIn(bundle)], signer }))).toMatchObject([
      { code: AnswerCode.ok, body: { kind: "cell", cell: bundle, signer: Signer.owner } },
    ]);
    expect(holder.code(holder.read(box, "list", { signer }))).toBe(AnswerCode.badSignature);
    expect(holder.code(holder.read(box, "watch", { signer }))).toBe(AnswerCode.badSignature);
  });

  it("give at most four cells under a tag, the owner's first, also where a stranger had put the same before", () => {
    const holder = new HolderKit();
    const box = inviteBox();
    const tag = random(16);
    const cells = Array.from({ length: 6 }, () => cellOf(2_048, unitOf(START) + 28, tag));
    for (const cell of cells) holder.ask(putRequest(box, cell));
    const genuine = cells[5] ?? cellOf();
    expect(holder.code(putRequest(box, genuine, Signer.owner))).toBe(AnswerCode.ok);
    const bodies = holder.get(box, tag);
    expect(bodies).toHaveLength(4);
    expect(bodies[0]).toMatchObject({ kind: "cell", left: 3, cell: genuine, signer: Signer.owner });
  });
});

describe("WATCH", () => {
  it("answers with the list, then tells of each new cell once, through the request that opened it", () => {
    const holder = new HolderKit();
    const box = pairBox();
    const first = cellOf();
    holder.ask(putRequest(box, first));
    const request = holder.read(box, "watch");
    const via = nodeId();
    expect(holder.one(request, via).body).toEqual({
      kind: "listed",
      entries: [{ header: headerIn(first), state: CellState.held }],
    });
    holder.taken();
    const second = cellOf();
    const put = putRequest(box, second);
    holder.ask(put);
    holder.ask(put);
    const notices = holder.taken().filter(({ answer }) => answer.body.kind === "notify");
    expect(notices).toMatchObject([
      { to: { via }, answer: { innerId: request.innerId, body: { kind: "notify", header: headerIn(second) } } },
    ]);
    holder.ask(putRequest(pairBox(), cellOf()));
    holder.ask(deleteRequest(box, headerIn(second)));
    expect(holder.taken().filter(({ answer }) => answer.body.kind === "notify")).toEqual([]);
  });

  it("ends after ten minutes, and keeps the last eight leases of an address", () => {
    const holder = new HolderKit();
    const box = pairBox();
    const requests = Array.from({ length: 10 }, () => holder.read(box, "watch"));
    for (const request of requests) holder.ask(request);
    holder.taken();
    const told = (): Uint8Array[] => {
      holder.ask(putRequest(box, cellOf()));
      return holder.taken().flatMap(({ answer }) => (answer.body.kind === "notify" ? [answer.innerId] : []));
    };
    expect(told()).toEqual(requests.slice(2).map(({ innerId }) => innerId));
    holder.advance(10 * 60_000);
    expect(told()).toEqual([]);
  });
});

describe("what is past", () => {
  it("is dropped in portions, and only when own wall clock and network time both say so", () => {
    const holder = new HolderKit();
    const box = pairBox();
    const cell = cellOf(2_048, unitOf(START) + 4);
    holder.ask(putRequest(box, cell));
    holder.ask(putRequest(box, cellOf()));
    holder.ask(deleteRequest(box, headerIn(cellOf(2_048, unitOf(START) + 4))));
    holder.clocks.network += 5 * UNIT;
    holder.advance(20 * 60_000);
    expect(holder.list(box)).toHaveLength(3);
    holder.clocks.wall += 5 * UNIT;
    holder.advance(20 * 60_000);
    expect(holder.list(box)).toHaveLength(1);
    expect(holder.count("holder.expired")).toBe(2);
    expect(holder.disk.size).toBe(2);
    holder.advance(28 * UNIT);
    expect(holder.list(box)).toEqual([]);
    expect(holder.machine.bytes).toBe(0);
    expect(holder.disk.size).toBe(0);
  });

  it("goes in bounded steps when there is much", () => {
    const holder = new HolderKit();
    const boxes = Array.from({ length: 4 }, () => pairBox());
    for (const box of boxes) {
      for (let at = 0; at < 300; at += 1) holder.ask(putRequest(box, cellOf(2_048, unitOf(START))));
    }
    holder.clocks.advance(2 * UNIT);
    holder.input({ type: "timer", timer: "holder:sweep" });
    expect(holder.machine.cells).toBe(600);
    holder.advance(100);
    expect(holder.machine.cells).toBe(0);
  });
});

describe("our own mailbox", () => {
  it("is answered under its number", () => {
    const holder = new HolderKit();
    const box = pairBox();
    holder.ask(putRequest(box, cellOf()));
    holder.taken();
    holder.input({ type: "localRequest", ask: 77, request: holder.read(box, "list") });
    expect(holder.taken()).toMatchObject([{ to: 77, answer: { code: AnswerCode.ok, body: { kind: "listed" } } }]);
  });
});
