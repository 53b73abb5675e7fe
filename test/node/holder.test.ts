import { describe, expect, it } from "vitest";
import { storedBytes, unitOf } from "#node/machine/cells.ts";
import { AnswerCode, CellState, type Request, Signer } from "#node/messages.ts";
import {
  type BoxKit,
  Clocks,
  cellOf,
  core,
  deleteRequest,
  HOUR,
  HolderKit,
  hashOf,
  haveRequest,
  inviteBox,
  network,
  nodeId,
  pairBox,
  putRequest,
  random,
  START,
  stampFor,
  tagIn,
  UNIT,
} from "./storage-kit.ts";

const header = (cell: Uint8Array): Uint8Array => cell.slice(0, 20);

describe("a holder takes a cell", () => {
  it("signs its receipt only after the disk has it, over what it holds and its own name", () => {
    const holder = new HolderKit();
    const box = pairBox();
    const cell = cellOf();
    holder.isHeld = true;
    expect(holder.ask(putRequest(box, cell))).toEqual([]);
    expect(holder.list(box)).toEqual([]);
    expect(holder.one(haveRequest(box, cell)).body).toEqual({ kind: "state", state: CellState.absent });
    holder.taken();
    holder.land();
    const [stored] = holder.taken();
    const body = stored?.answer.body;
    if (body?.kind !== "stored") throw new Error("no receipt");
    expect(stored?.answer.code).toBe(AnswerCode.ok);
    expect(body).toMatchObject({ address: box.address, tag: tagIn(cell), hash: hashOf(cell), holder: holder.id });
    expect(body.expiry).toBe(unitOf(START) + 28);
    expect(core.verify(core.edPublic(holder.edSecret), body.sig, "stored", network, storedBytes(body))).toBe(true);
  });

  it("lists it, has it, and gives back the same bytes with the author's proof", () => {
    const holder = new HolderKit();
    const box = pairBox();
    const [small, large] = [cellOf(), cellOf(16_384)];
    const request = putRequest(box, small);
    expect(holder.code(request)).toBe(AnswerCode.ok);
    expect(holder.code(putRequest(box, large))).toBe(AnswerCode.ok);
    expect(holder.list(box)).toEqual([
      { header: header(small), state: CellState.held },
      { header: header(large), state: CellState.held },
    ]);
    expect(holder.one(haveRequest(box, large)).body).toEqual({ kind: "state", state: CellState.held });
    const absent = random(16);
    expect(holder.get(box, tagIn(large), absent, tagIn(small))).toMatchObject([
      { kind: "cell", left: 2, cell: large, signer: Signer.write },
      { kind: "missing", left: 1, tag: absent },
      { kind: "cell", left: 0, cell: small, sig: request.sig, stamp: request.stamp },
    ]);
    expect(holder.machine.cells).toBe(2);
  });

  it("answers the same PUT again, also from two neighbours at once, and counts it once", () => {
    const holder = new HolderKit();
    const box = pairBox();
    const request = putRequest(box, cellOf());
    holder.isHeld = true;
    holder.ask(request);
    holder.ask(request);
    holder.land();
    expect(holder.taken().map(({ answer }) => answer.body.kind)).toEqual(["stored", "stored"]);
    const bytes = holder.machine.bytes;
    expect(holder.code(request)).toBe(AnswerCode.ok);
    expect(holder.machine.bytes).toBe(bytes);
    expect(holder.machine.cells).toBe(1);
  });

  it("shown to another holder the same PUT is as good there: receipts name the holder", () => {
    const [one, other] = [new HolderKit(), new HolderKit()];
    const request = putRequest(pairBox(), cellOf());
    const bodies = [one, other].map((holder) => holder.one(request).body);
    expect(bodies).toMatchObject([{ holder: one.id }, { holder: other.id }]);
  });

  it("takes a full-life cell although its own clock is up to a unit behind, and none beyond that", () => {
    const box = pairBox();
    for (const [lag, code] of [
      [0, AnswerCode.ok],
      [5 * HOUR, AnswerCode.ok],
      [8 * HOUR, AnswerCode.tooFarAhead],
    ] as const) {
      const clocks = new Clocks();
      clocks.network -= lag;
      clocks.wall -= lag;
      expect(new HolderKit({ clocks }).code(putRequest(box, cellOf()))).toBe(code);
    }
  });

  it("goes by network time where its wall clock is off", () => {
    const clocks = new Clocks();
    clocks.wall -= 48 * HOUR;
    const holder = new HolderKit({ clocks });
    const box = pairBox();
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.ok);
    expect(holder.list(box)).toHaveLength(1);
  });
});

describe("a holder refuses a PUT", () => {
  const cases: [string, number, (box: BoxKit) => Request][] = [
    [
      "of no size that cells have",
      AnswerCode.malformed,
      (box) => ({ ...putRequest(box, cellOf()), cell: random(2_049) }),
    ],
    ["of far too many bytes", AnswerCode.malformed, (box) => ({ ...putRequest(box, cellOf()), cell: random(70_000) })],
    ["without bytes", AnswerCode.malformed, (box) => ({ ...putRequest(box, cellOf()), cell: random(0) })],
    [
      "of unknown version",
      AnswerCode.malformed,
      (box) => ({ ...putRequest(box, cellOf()), cell: random(2_048).fill(9, 0, 1) }),
    ],
    ["that is past", AnswerCode.past, (box) => putRequest(box, cellOf(2_048, unitOf(START) - 1))],
    ["too far ahead", AnswerCode.tooFarAhead, (box) => putRequest(box, cellOf(2_048, unitOf(START) + 30))],
    [
      "signed by a stranger",
      AnswerCode.badSignature,
      (box) => ({ ...putRequest({ ...box, writeSecret: random(32) }, cellOf()) }),
    ],
    ["signed by nobody", AnswerCode.badSignature, (box) => ({ ...putRequest(box, cellOf()), signer: Signer.none })],
    [
      "signed for another box",
      AnswerCode.badSignature,
      (box) => {
        const cell = cellOf();
        const other = putRequest(pairBox(), cell);
        return { ...other, place: box.place, stamp: stampFor(box.address, cell) };
      },
    ],
    [
      "of a kind that is not kept yet",
      AnswerCode.badAddress,
      (box) => ({
        ...putRequest(box, cellOf()),
        place: { kind: 2, day: 1, writePk: new Uint8Array(32), ownerPk: random(32) },
      }),
    ],
  ];
  it.each(cases)("%s", (_, code, make) => {
    const holder = new HolderKit();
    const box = pairBox();
    expect(holder.code(make(box))).toBe(code);
    expect(holder.disk.size).toBe(0);
    expect(holder.machine.bytes).toBe(0);
  });

  it("with too little work, and names the work that would do", () => {
    const holder = new HolderKit();
    const box = pairBox();
    for (const [size, bits] of [
      [2_048, 12],
      [16_384, 15],
    ] as const) {
      const request = putRequest(box, cellOf(size));
      let stamp = 0n;
      while (core.stampBits(network, box.address, tagIn(request.cell), hashOf(request.cell), stamp) >= bits)
        stamp += 1n;
      expect(holder.one({ ...request, stamp })).toMatchObject({
        code: AnswerCode.price,
        body: { kind: "price", bits },
      });
    }
    expect(holder.count("refused.price")).toBe(2);
  });

  it("beyond 512 entries of an address, tombstones included", () => {
    const holder = new HolderKit();
    const box = pairBox();
    for (let at = 0; at < 511; at += 1) expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.ok);
    expect(holder.code(deleteRequest(box, header(cellOf())))).toBe(AnswerCode.ok);
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.quota);
    expect(holder.code(deleteRequest(box, header(cellOf())))).toBe(AnswerCode.quota);
    expect(holder.list(box)).toHaveLength(512);
    expect(holder.code(putRequest(pairBox(), cellOf()))).toBe(AnswerCode.ok);
    const [first] = holder.list(box);
    expect(holder.code(deleteRequest(box, first?.header ?? random(20)))).toBe(AnswerCode.ok);
  });

  it("beyond 2 MiB of an address in a day, whatever became of the cells, and takes them the day after", () => {
    const holder = new HolderKit();
    const box = inviteBox();
    const first = cellOf(16_384);
    expect(holder.code(putRequest(box, first))).toBe(AnswerCode.ok);
    for (let at = 1; at < 128; at += 1) expect(holder.code(putRequest(box, cellOf(16_384)))).toBe(AnswerCode.ok);
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.quota);
    expect(holder.code(deleteRequest(box, header(first)))).toBe(AnswerCode.ok);
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.quota);
    holder.advance(25 * HOUR);
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.ok);
  });

  it("beyond 8 MiB a day of one asking neighbour, unless that is an anchor", () => {
    const holder = new HolderKit();
    const [tab, anchor] = [nodeId(), nodeId()];
    const boxes = Array.from({ length: 5 }, () => pairBox());
    const put = (at: number, via = tab, viaAnchor = false): number =>
      holder.code(putRequest(boxes[at % 5] ?? pairBox(), cellOf(16_384)), via, viaAnchor);
    const taken = Math.floor((8 * 1_024 * 1_024) / (16_384 + 512));
    for (let at = 0; at < taken; at += 1) expect(put(at)).toBe(AnswerCode.ok);
    expect(put(0)).toBe(AnswerCode.quota);
    expect(put(0, nodeId())).toBe(AnswerCode.ok);
    expect(put(0, anchor, true)).toBe(AnswerCode.ok);
    holder.advance(24 * HOUR);
    expect(put(0)).toBe(AnswerCode.ok);
  });
});

describe("a full store", () => {
  it("says so, keeps what it promised, and comes back when there is room for a tenth", () => {
    const holder = new HolderKit({ storeBytes: 10 * (2_048 + 512) });
    const box = pairBox();
    const cells = Array.from({ length: 10 }, () => cellOf());
    for (const cell of cells) expect(holder.code(putRequest(box, cell))).toBe(AnswerCode.ok);
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.full);
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.full);
    expect(holder.full).toEqual([true]);
    expect(holder.list(box)).toHaveLength(10);
    for (const cell of cells.slice(0, 2)) expect(holder.code(deleteRequest(box, header(cell)))).toBe(AnswerCode.ok);
    expect(holder.full).toEqual([true, false]);
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.ok);
  });

  it("is also one that does not offer to store", () => {
    const holder = new HolderKit({ storing: false });
    const box = pairBox();
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.full);
    expect(holder.code(deleteRequest(box, header(cellOf())))).toBe(AnswerCode.full);
    expect(holder.disk.size).toBe(0);
    expect(holder.full).toEqual([]);
  });

  it.each(["storage-full", "storage-broken"] as const)(
    "on %s nothing is promised, and the disk is tried later",
    (failing) => {
      const holder = new HolderKit();
      const box = pairBox();
      const cell = cellOf();
      holder.failing = failing;
      expect(holder.code(putRequest(box, cell))).toBe(AnswerCode.full);
      expect(holder.full).toEqual([true]);
      expect(holder.list(box)).toEqual([]);
      expect(holder.machine.bytes).toBe(0);
      holder.failing = undefined;
      expect(holder.code(putRequest(box, cell))).toBe(AnswerCode.full);
      holder.advance(HOUR);
      expect(holder.full).toEqual([true, false]);
      expect(holder.code(putRequest(box, cell))).toBe(AnswerCode.ok);
    },
  );
});

describe("DELETE", () => {
  it("leaves a tombstone that wins over the cell, before and after, and is idempotent", () => {
    const holder = new HolderKit();
    const box = pairBox();
    const cell = cellOf();
    const put = putRequest(box, cell);
    const end = deleteRequest(box, header(cell), 1);
    holder.ask(put);
    for (let times = 0; times < 3; times += 1)
      expect(holder.one(end)).toMatchObject({ code: AnswerCode.ok, body: { kind: "none" } });
    expect(holder.list(box)).toEqual([{ header: header(cell), state: CellState.deleted }]);
    expect(holder.get(box, tagIn(cell))).toEqual([
      { kind: "tombstone", left: 0, header: header(cell), reason: 1, sig: end.sig },
    ]);
    expect(holder.one(haveRequest(box, cell)).body).toEqual({ kind: "state", state: CellState.deleted });
    expect(holder.code(put)).toBe(AnswerCode.deleted);
    expect(holder.machine.cells).toBe(0);
    expect([...holder.disk.keys()].filter((key) => key.startsWith("cell/"))).toEqual([]);
  });

  it("ends a cell that never came here, so that a late copy stays away", () => {
    const holder = new HolderKit();
    const box = pairBox();
    const cell = cellOf();
    expect(holder.code(deleteRequest(box, header(cell)))).toBe(AnswerCode.ok);
    expect(holder.code(putRequest(box, cell))).toBe(AnswerCode.deleted);
  });

  it("is the owner's alone, of the box it names, and never of what is past", () => {
    const holder = new HolderKit();
    const box = inviteBox();
    const cell = cellOf();
    holder.ask(putRequest(box, cell));
    expect(holder.code(deleteRequest({ ...box, ownerSecret: box.writeSecret }, header(cell)))).toBe(
      AnswerCode.badSignature,
    );
    expect(holder.code({ ...deleteRequest(box, header(cell)), reason: 2 })).toBe(AnswerCode.badSignature);
    expect(holder.code({ ...deleteRequest(box, header(cell)), place: pairBox().place })).toBe(AnswerCode.badSignature);
    expect(holder.code(deleteRequest(box, header(cellOf(2_048, unitOf(START) - 1))))).toBe(AnswerCode.past);
    expect(holder.list(box)).toEqual([{ header: header(cell), state: CellState.held }]);
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
      const [put, end] = [putRequest(box, cell), deleteRequest(box, header(cell))];
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
      expect(holder.list(box)).toEqual([{ header: header(cell), state: CellState.deleted }]);
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
      entries: [{ header: header(first), state: CellState.held }],
    });
    holder.taken();
    const second = cellOf();
    const put = putRequest(box, second);
    holder.ask(put);
    holder.ask(put);
    const notices = holder.taken().filter(({ answer }) => answer.body.kind === "notify");
    expect(notices).toMatchObject([
      { to: { via }, answer: { innerId: request.innerId, body: { kind: "notify", header: header(second) } } },
    ]);
    holder.ask(putRequest(pairBox(), cellOf()));
    holder.ask(deleteRequest(box, header(second)));
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
    holder.ask(deleteRequest(box, header(cellOf(2_048, unitOf(START) + 4))));
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
