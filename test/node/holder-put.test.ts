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
  headerIn,
  inviteBox,
  network,
  nodeId,
  pairBox,
  putRequest,
  random,
  START,
  stampFor,
  tagIn,
} from "./storage-kit.ts";

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
      { header: headerIn(small), state: CellState.held },
      { header: headerIn(large), state: CellState.held },
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
        place: { kind: 4, day: 1, writePk: random(32), ownerPk: random(32) },
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
    expect(holder.code(deleteRequest(box, headerIn(cellOf())))).toBe(AnswerCode.ok);
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.quota);
    expect(holder.code(deleteRequest(box, headerIn(cellOf())))).toBe(AnswerCode.quota);
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
    expect(holder.code(deleteRequest(box, headerIn(first)))).toBe(AnswerCode.ok);
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
    for (const cell of cells.slice(0, 2)) expect(holder.code(deleteRequest(box, headerIn(cell)))).toBe(AnswerCode.ok);
    expect(holder.full).toEqual([true, false]);
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.ok);
  });

  it("is also one that does not offer to store", () => {
    const holder = new HolderKit({ storing: false });
    const box = pairBox();
    expect(holder.code(putRequest(box, cellOf()))).toBe(AnswerCode.full);
    expect(holder.code(deleteRequest(box, headerIn(cellOf())))).toBe(AnswerCode.full);
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
