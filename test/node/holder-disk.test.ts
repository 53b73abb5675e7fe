import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Effect, Input } from "#node/event.ts";
import { AnswerCode, CellState } from "#node/messages.ts";
import type { Storage } from "#node/ports.ts";
import { SqliteStore } from "../../relay-bootstrap/src/adapters/sqlite-store.ts";
import {
  type BoxKit,
  Clocks,
  cellOf,
  deleteRequest,
  HolderKit,
  haveRequest,
  headerIn,
  inviteBox,
  pairBox,
  putRequest,
  random,
  tagIn,
} from "./storage-kit.ts";

/** Lets the kit's map stand for a file: whatever the map has is written to the store, and read back by another. */
const throughFile = async (open: () => Storage, disk: ReadonlyMap<string, Uint8Array>) => {
  const writing = open();
  await writing.save([...disk].map(([key, value]) => ({ key, value })));
  await writing.close();
  const reading = open();
  const read = new Map<string, Uint8Array>();
  for await (const { key, value } of reading.range("")) read.set(key, value);
  await reading.close();
  return read;
};

describe("a holder that restarts", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nodus-holder-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("has all it acknowledged, cells and tombstones, from the same SQLite file", async () => {
    const before = new HolderKit();
    const [box, invite] = [pairBox(), inviteBox()];
    const cells = Array.from({ length: 20 }, (_, at) => cellOf(at % 5 === 0 ? 16_384 : 2_048));
    for (const cell of cells) expect(before.code(putRequest(box, cell))).toBe(AnswerCode.ok);
    const bundle = cellOf(16_384);
    before.ask(putRequest(invite, bundle, 2));
    const ended = cells.slice(0, 3);
    for (const cell of ended) before.ask(deleteRequest(box, headerIn(cell), 1));
    const open = (): Storage => new SqliteStore(join(folder, "cells.db"));
    const after = new HolderKit({ disk: await throughFile(open, before.disk) });
    expect(after.machine.bytes).toBe(before.machine.bytes);
    expect(after.machine.cells).toBe(18);
    const sorted = (entries: { header: Uint8Array; state: number }[]): string[] =>
      entries.map((entry) => `${entry.state}${Buffer.from(entry.header).toString("hex")}`).sort();
    expect(sorted(after.list(box))).toEqual(sorted(before.list(box)));
    for (const cell of cells.slice(3)) expect(after.get(box, tagIn(cell))).toMatchObject([{ kind: "cell", cell }]);
    for (const cell of ended) expect(after.get(box, tagIn(cell))).toMatchObject([{ kind: "tombstone", reason: 1 }]);
    expect(after.get(invite, tagIn(bundle))).toMatchObject([{ kind: "cell", cell: bundle, signer: 2 }]);
    for (const cell of ended) expect(after.code(putRequest(box, cell))).toBe(AnswerCode.deleted);
  });

  it("killed between the transaction and the answer, has the cell, and says so to the retry", async () => {
    const open = (): Storage => new SqliteStore(join(folder, "killed.db"));
    const [box, cell] = [pairBox(), cellOf()];
    const request = putRequest(box, cell);
    const before = new HolderKit();
    before.isHeld = true;
    expect(before.ask(request)).toEqual([]);
    const changes = before.waiting.flatMap((save) => save.changes);
    // The disk lands it; the process is gone before it hears of it.
    const disk = new Map(changes.flatMap(({ key, value }) => (value ? [[key, value] as const] : [])));
    const after = new HolderKit({ disk: await throughFile(open, disk) });
    expect(after.list(box)).toEqual([{ header: headerIn(cell), state: CellState.held }]);
    expect(after.one(request)).toMatchObject({ code: AnswerCode.ok, body: { kind: "stored" } });
    expect(after.get(box, tagIn(cell))).toMatchObject([{ kind: "cell", cell }]);
  });

  it("killed before the transaction, has nothing and had promised nothing", () => {
    const before = new HolderKit();
    const [box, cell] = [pairBox(), cellOf()];
    before.isHeld = true;
    expect(before.ask(putRequest(box, cell))).toEqual([]);
    const after = new HolderKit({ disk: before.disk });
    expect(after.one(haveRequest(box, cell)).body).toEqual({ kind: "state", state: CellState.absent });
    expect(after.list(box)).toEqual([]);
  });

  it("answers what came before its index was read only afterwards", () => {
    const box = pairBox();
    const first = new HolderKit();
    const cell = cellOf();
    first.ask(putRequest(box, cell));
    // A kit whose disk does not answer the first time.
    const later = new HolderKit({ idle: true });
    const answers: Effect[] = [];
    const feed = (input: Input): void => void answers.push(...later.machine.step(input, later.clocks.now));
    const [range] = later.machine.step({ type: "start" }, 0);
    if (range?.type !== "range") throw new Error("no range");
    const request = later.read(box, "list");
    feed({ type: "localRequest", ask: 5, request });
    feed({ type: "ranged", range: range.range, entries: [], more: false, failed: "storage-broken" });
    expect(answers.filter(({ type }) => type === "asked")).toEqual([]);
    const [again] = later.machine.step({ type: "timer", timer: "holder:load" }, 40_000);
    if (again?.type !== "range") throw new Error("no range");
    const entries = [...first.disk].map(([key, value]) => ({ key, value }));
    feed({
      type: "ranged",
      range: again.range,
      entries: entries.filter(({ key }) => key.startsWith("kept/")),
      more: false,
    });
    expect(answers.filter(({ type }) => type === "asked")).toMatchObject([
      { ask: 5, answer: { body: { kind: "listed", entries: [{ header: headerIn(cell) }] } } },
    ]);
  });
});

describe("a disk that lies", () => {
  /** Changes one bit of every value of a kind of key. */
  const flip = (holder: HolderKit, prefix: string, at: (length: number) => number): void => {
    for (const [key, value] of holder.disk) {
      if (!key.startsWith(prefix)) continue;
      const bad = value.slice();
      bad[at(bad.length)] = (bad[at(bad.length)] ?? 0) ^ 1;
      holder.disk.set(key, bad);
    }
  };
  const filled = (): { holder: HolderKit; box: BoxKit; cells: Uint8Array[] } => {
    const holder = new HolderKit();
    const box = pairBox();
    const cells = [cellOf(), cellOf()];
    for (const cell of cells) holder.ask(putRequest(box, cell));
    return { holder, box, cells };
  };

  it.each([
    ["check", () => 3],
    ["signer", () => 16],
    ["signature", () => 40],
    ["stamp", () => 85],
    ["cell", (length: number) => length - 1],
  ] as const)("never makes it give away a wrong byte: %s", (_, at) => {
    const { holder, box, cells } = filled();
    const [first = cellOf(), second = cellOf()] = cells;
    flip(holder, "cell/", at);
    const tags = [tagIn(first), tagIn(second)];
    expect(holder.get(box, ...tags)).toEqual([
      { kind: "missing", left: 1, tag: tags[0] },
      { kind: "missing", left: 0, tag: tags[1] },
    ]);
    expect(holder.count("holder.corrupt")).toBe(2);
    expect(holder.list(box)).toEqual([]);
    expect(holder.machine.bytes).toBe(0);
    expect(holder.disk.size).toBe(0);
    expect(holder.code(putRequest(box, first))).toBe(AnswerCode.ok);
    expect(holder.get(box, tagIn(first))).toMatchObject([{ kind: "cell", cell: first }]);
  });

  it("is found out where it lost a cell, cut it short, or gives another's", () => {
    for (const spoil of [
      (disk: Map<string, Uint8Array>, key: string) => void disk.delete(key),
      (disk: Map<string, Uint8Array>, key: string) => void disk.set(key, (disk.get(key) ?? random(1)).slice(0, 700)),
      (disk: Map<string, Uint8Array>, key: string) => void disk.set(key, new Uint8Array(0)),
      (disk: Map<string, Uint8Array>, key: string) => {
        const other = [...disk].find(([name]) => name.startsWith("cell/") && name !== key);
        if (other) disk.set(key, other[1]);
      },
    ]) {
      const { holder, box, cells } = filled();
      const [first = cellOf(), second = cellOf()] = cells;
      const key = [...holder.disk.keys()].find((name) => name.startsWith("cell/")) ?? "";
      spoil(holder.disk, key);
      expect(holder.get(box, tagIn(first), tagIn(second))).toMatchObject([
        { kind: "missing", tag: tagIn(first) },
        { kind: "cell", cell: second },
      ]);
      expect(holder.count("holder.corrupt")).toBe(1);
    }
  });

  it("loses only the notes it spoiled, and what is no note of ours is removed", () => {
    const { holder, box } = filled();
    flip(holder, "kept/", (length) => length - 1);
    holder.disk.set("kept/zz", random(40));
    holder.disk.set("kept/", random(4));
    const after = new HolderKit({ disk: holder.disk });
    expect(after.list(box)).toEqual([]);
    expect(after.count("holder.corrupt")).toBe(4);
    expect(after.disk.size).toBe(0);
  });

  it("drops nothing where it only failed to answer", () => {
    const { holder, box, cells } = filled();
    const [first = cellOf()] = cells;
    const [load] = holder.machine.step(
      { type: "localRequest", ask: 1, request: holder.read(box, "get", { tags: [tagIn(first)] }) },
      holder.clocks.now,
    );
    if (load?.type !== "load") throw new Error("no load");
    const values = load.keys.map(() => undefined);
    const effects = holder.machine.step({ type: "loaded", load: load.load, values, failed: "storage-broken" }, 0);
    expect(effects).toEqual([{ type: "count", counter: "holder.unread", by: 1 }]);
    expect(holder.list(box)).toHaveLength(2);
  });

  it("cannot make it index nonsense, whatever the bytes", () => {
    const clocks = new Clocks();
    const disk = new Map<string, Uint8Array>();
    for (let at = 0; at < 500; at += 1) {
      const name = Buffer.from(random(32)).toString("hex");
      disk.set(`kept/${name}/${at % 2 ? "c" : "t"}${name}`, random(at % 120));
    }
    const holder = new HolderKit({ disk, clocks });
    expect(holder.machine.cells).toBe(0);
    expect(holder.machine.bytes).toBe(0);
    expect(disk.size).toBe(0);
  });
});
