/** The store of a data folder, whatever became of its files: begun anew, refused or used, and each fault has its words. */
import { spawnSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SqliteStore } from "../../relay-bootstrap/src/adapters/sqlite-store.ts";
import { Exit, OperatorError } from "../../relay-bootstrap/src/faults.ts";
import { markDamaged, openStore } from "../../relay-bootstrap/src/store.ts";

const PAGE = 4_096;
const ROW = 2_000;
const value = (at: number): Uint8Array => new Uint8Array(ROW).fill(at);

let folder: string;
let path: string;
let notes: string[];
let damage: number;
let time: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nodus-store-"));
  path = join(folder, "store.db");
  notes = [];
  damage = 0;
  time = Date.UTC(2026, 5, 1);
});
afterEach(() => rm(folder, { recursive: true }));

const open = (hasRun = true): SqliteStore | undefined => {
  time += 1_000;
  const note = (event: string, what: string): void => void notes.push(`${event}: ${what}`);
  const onDamage = (): void => void damage++;
  return openStore(path, { hasRun, wall: () => time, note, onDamage });
};
const opened = (): SqliteStore => {
  const store = open();
  if (store === undefined) throw new Error("no room");
  return store;
};
const refusal = (): OperatorError => {
  try {
    open();
  } catch (error) {
    if (error instanceof OperatorError) return error;
    throw error;
  }
  throw new Error("it was opened");
};
/** A store of so many rows, closed in order. */
const filled = async (rows = 100): Promise<void> => {
  const store = new SqliteStore(path);
  await store.save(Array.from({ length: rows }, (_, at) => ({ key: `cell/${at}`, value: value(at % 256) })));
  await store.close();
};
/** The same, but killed: what was saved lies in the log. Several saves, so several commits. */
const killed = async (from = 0): Promise<void> => {
  const script = `
    import { SqliteStore } from ${JSON.stringify(join(import.meta.dirname, "../../relay-bootstrap/src/adapters/sqlite-store.ts"))};
    const store = new SqliteStore(${JSON.stringify(path)});
    for (let at = 0; at < 20; at++) await store.save([{ key: "cell/" + at, value: new Uint8Array(${ROW}).fill(at + ${from}) }]);
    process.kill(process.pid, "SIGKILL");`;
  spawnSync(process.execPath, ["--input-type=module-typescript", "-e", script], {
    cwd: join(import.meta.dirname, "../.."),
  });
};
const overwrite = async (file: string, at: number, bytes: Uint8Array): Promise<void> => {
  const content = await readFile(file);
  content.set(bytes, at);
  await writeFile(file, content);
};
const junk = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, at) => (at * 197 + 83) % 251);
const count = async (store: SqliteStore): Promise<number> => {
  let rows = 0;
  for await (const _ of store.range("")) rows++;
  return rows;
};

describe("a store", () => {
  it("that is sound is used as it is, without a word and without a write", async () => {
    await filled();
    const before = await readFile(path);
    const store = opened();
    expect(await count(store)).toBe(100);
    expect(await store.check()).toBe(true);
    await store.close();
    expect(await readFile(path)).toEqual(before);
    expect(notes).toEqual([]);
    expect(damage).toBe(0);
  });

  it.each<[string, () => Promise<void>]>([
    ["has an overwritten header", () => overwrite(path, 0, junk(100))],
    ["is garbage", () => writeFile(path, junk(50_000))],
    ["is a text", () => writeFile(path, "hello\n")],
    ["is cut in half", () => truncate(path, PAGE * 20)],
    ["is cut within a page", () => truncate(path, PAGE * 20 + 77)],
    ["has an overwritten page", () => overwrite(path, PAGE * 2, junk(PAGE))],
    ["has overwritten names", () => overwrite(path, PAGE - 200, junk(200))],
  ])("that %s is set aside with its parts and begun anew, and that is told once", async (_, break_) => {
    await filled();
    await break_();
    const broken = await readFile(path);
    await writeFile(`${path}-wal`, "");
    const store = opened();
    await store.save([{ key: "new", value: value(1) }]);
    expect(await count(store)).toBe(1);
    await store.close();
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain(`store_set_aside: ${path} is damaged`);
    const aside = (await readdir(folder)).filter((name) => name.startsWith("store.db.broken-"));
    expect(aside.filter((name) => name.endsWith("Z"))).toHaveLength(1);
    expect(await readFile(join(folder, aside.find((name) => name.endsWith("Z")) ?? ""))).toEqual(broken);
    notes = [];
    await opened().close();
    expect(notes).toEqual([]);
  });

  it.each([0, undefined])("of %s bytes is begun anew, and told where the node has run before", async (size) => {
    if (size === 0) await writeFile(path, "");
    await open(false)?.close();
    expect(notes).toEqual([]);
    await rm(path);
    if (size === 0) await writeFile(path, "");
    await opened().close();
    expect(notes).toEqual([expect.stringContaining("store_gone: ")]);
  });

  it("that lost its file but not its log keeps that aside", async () => {
    await killed();
    const log = await readFile(`${path}-wal`);
    await rm(path);
    await opened().close();
    expect(notes).toEqual([expect.stringContaining("store_set_aside: ")]);
    const name = (await readdir(folder)).find((each) => each.startsWith("store.db.broken-") && each.endsWith("-wal"));
    expect(await readFile(join(folder, name ?? ""))).toEqual(log);
  });

  it("that was marked while the node ran is set aside at the next start", async () => {
    await filled();
    markDamaged(path);
    const store = opened();
    expect(await count(store)).toBe(0);
    await store.close();
    expect(notes).toEqual([expect.stringContaining("found damaged while the node ran")]);
    notes = [];
    await opened().close();
    expect(notes).toEqual([]);
  });

  it("is kept aside three times at most", async () => {
    for (let at = 0; at < 6; at++) {
      await writeFile(path, junk(5_000 + at));
      await opened().close();
    }
    const aside = (await readdir(folder)).filter((name) => name.startsWith("store.db.broken-"));
    expect(aside).toHaveLength(3);
    const sizes = await Promise.all(aside.map(async (name) => (await readFile(join(folder, name))).length));
    expect(sizes.sort()).toEqual([5_003, 5_004, 5_005]);
  });

  it("is kept aside whatever the clock says", async () => {
    for (let at = 0; at < 4; at++) {
      await writeFile(path, junk(5_000 + at));
      if (at === 3) time = Date.UTC(2000, 0, 1); // the battery is empty
      await opened().close();
    }
    const aside = /is kept as (\S+),/.exec(notes.at(-1) ?? "")?.[1] ?? "";
    expect(await readFile(aside)).toHaveLength(5_003);
    expect((await readdir(folder)).filter((name) => name.startsWith("store.db.broken-"))).toHaveLength(3);
  });

  it("of a newer version is refused, and left as it is", async () => {
    await filled();
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 2");
    database.close();
    const before = await readFile(path);
    expect(refusal()).toMatchObject({ code: Exit.newer, message: expect.stringContaining("newer version") });
    expect(await readFile(path)).toEqual(before);
  });

  it.each([0, 1])("of another program, at version %i of its own, is refused, and left as it is", async (version) => {
    const database = new DatabaseSync(path);
    database.exec(`CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = ${version}`);
    database.close();
    const before = await readFile(path);
    expect(refusal()).toMatchObject({ code: Exit.foreign, message: expect.stringContaining("another program") });
    expect(await readFile(path)).toEqual(before);
  });

  it.each(["", "-wal", "-shm", "-journal"])("with a folder for store.db%s is refused", async (part) => {
    if (part !== "") await filled();
    await mkdir(path + part);
    expect(refusal()).toMatchObject({
      code: Exit.denied,
      message: expect.stringContaining(`store.db${part} is a folder`),
    });
  });

  it("that another program holds locked is refused, and left as it is", async () => {
    await filled();
    const other = new DatabaseSync(path);
    other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    expect(refusal().message).toContain("another program");
    other.close();
    expect(await readdir(folder)).toEqual(["store.db"]);
  });
});

describe("the log of a store", () => {
  it("that a kill left whole gives all back, without a word", async () => {
    await killed();
    const store = opened();
    expect(await count(store)).toBe(20);
    await store.close();
    expect(notes).toEqual([]);
  });

  it.each([
    ["its head", 8],
    ["the salt of its head", 17],
    ["a frame's head in the middle", 32 + 20 * (24 + PAGE) + 9],
    ["a page in the middle", 32 + 20 * (24 + PAGE) + 1_000],
  ])("damaged in %s is told of, and gives back what comes before", async (_, at) => {
    await killed();
    const byte = (await readFile(`${path}-wal`))[at] ?? 0;
    await overwrite(`${path}-wal`, at, Uint8Array.of(byte ^ 0x40));
    const store = opened();
    const rows = await count(store);
    expect(rows).toBeLessThan(20);
    for (let row = 0; row < rows; row++) expect(await store.load(`cell/${row}`)).toEqual(value(row));
    await store.close();
    expect(notes).toEqual([expect.stringContaining("store_log_damaged: ")]);
  });

  it("whose last commit is not whole is told of as that", async () => {
    await killed();
    const { length } = await readFile(`${path}-wal`);
    await overwrite(`${path}-wal`, length - 10, junk(10));
    const store = opened();
    expect(await count(store)).toBe(19);
    await store.close();
    expect(notes).toEqual([expect.stringContaining("store_log_cut: ")]);
  });

  it("with old frames behind the new is sound", async () => {
    await killed();
    const store = opened();
    await store.save([{ key: "again", value: value(7) }]);
    await store.close();
    await killed(1); // SQLite writes no page that stays as it is
    await appendFile(`${path}-wal`, junk(3 * (24 + PAGE)));
    await opened().close();
    expect(notes).toEqual([]);
  });
});

describe("a store that is damaged while it is used", () => {
  /** Of more than is checked before it is used. */
  const LARGE = 4_000;

  const damageUnder = async (...pages: number[]): Promise<void> => {
    for (const page of pages) await overwrite(path, page * PAGE, junk(PAGE));
  };

  it("is noticed by the check, once, and takes nothing more", async () => {
    await filled(LARGE);
    await damageUnder(900);
    const store = opened();
    expect(notes).toEqual([]);
    expect(await store.check()).toBe(false);
    expect(damage).toBe(1);
    await expect(store.save([{ key: "a", value: value(1) }])).rejects.toMatchObject({ code: "storage-broken" });
    expect(await store.check()).toBe(false);
    expect(damage).toBe(1);
    await store.close();
  });

  it("still gives out what can be read", async () => {
    await filled(LARGE);
    await damageUnder(900);
    const store = opened();
    let [read, unread] = [0, 0];
    for (let at = 0; at < LARGE; at++) {
      const found = await store.load(`cell/${at}`).catch(() => "unread" as const);
      if (found === "unread") unread++;
      else if (found !== undefined && Buffer.from(found).equals(value(at % 256))) read++;
    }
    expect(unread).toBeGreaterThan(0);
    expect(read).toBeGreaterThan(LARGE - 200);
    expect(damage).toBe(1);
    await store.close();
  });

  it("leaves the loop to others while it is checked", async () => {
    await filled(LARGE);
    const store = opened();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    expect(await store.check()).toBe(true);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(LARGE / 128);
    await store.close();
  });

  it("ends its check when it is closed", async () => {
    await filled(LARGE);
    const store = opened();
    const checked = store.check();
    await store.close();
    expect(await checked).toBe(true);
  });
});
