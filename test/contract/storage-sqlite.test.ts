import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SqliteStore } from "../../relay-bootstrap/src/adapters/sqlite-store.ts";
import { storageContract } from "./storage.ts";

storageContract("sqlite", () => {
  let folder: string | undefined;
  return {
    open: async () => {
      folder ??= await mkdtemp(join(tmpdir(), "nodus-store-"));
      return new SqliteStore(join(folder, "store.db"));
    },
    clear: async () => {
      if (folder !== undefined) await rm(folder, { recursive: true });
    },
  };
});

describe("sqlite store", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nodus-store-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("says storage-full, changes nothing then, and still takes what fits", async () => {
    const store = new SqliteStore(join(folder, "full.db"), { maxPages: 24 });
    await store.save([{ key: "first", value: new Uint8Array(4_096).fill(1) }]);
    const results = await Promise.allSettled([
      store.save([
        { key: "first", value: new Uint8Array(16) },
        { key: "large", value: new Uint8Array(262_144) },
      ]),
      store.save([{ key: "small", value: Uint8Array.of(2) }]),
    ]);
    expect(results[0]).toMatchObject({ status: "rejected", reason: { code: "storage-full" } });
    expect(results[1]).toMatchObject({ status: "fulfilled" });
    expect(await store.load("first")).toEqual(new Uint8Array(4_096).fill(1));
    expect(await store.load("large")).toBeUndefined();
    expect(await store.load("small")).toEqual(Uint8Array.of(2));
    await store.close();
  });

  it("killed while it writes, has after it all that it confirmed, and no half of a save", async () => {
    const path = join(folder, "killed.db");
    const writer = spawn(process.execPath, [new URL("./sqlite-writer.ts", import.meta.url).pathname, path]);
    let confirmed = "";
    await new Promise<void>((resolve) => {
      writer.stdout.on("data", (text: Buffer) => {
        confirmed += text.toString();
        if (confirmed.length > 2_000) writer.kill("SIGKILL");
      });
      writer.on("close", () => resolve());
    });
    const keys = confirmed.split("\n").slice(0, -1);
    expect(keys.length).toBeGreaterThan(100);
    const store = new SqliteStore(path);
    for (const key of keys) {
      expect(await store.load(`cell/${key}`)).toEqual(new Uint8Array(2_048).fill(Number(key)));
    }
    const names: string[] = [];
    for await (const { key } of store.range("")) names.push(key);
    const of = (prefix: string): string[] =>
      names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    expect(of("note/")).toEqual(of("cell/"));
    await store.close();
  });

  it("says storage-broken for a file that is no database, and for one of a newer version", async () => {
    const foreign = join(folder, "foreign.db");
    await writeFile(foreign, "a text of more than sixteen bytes, which is no database");
    expect(() => new SqliteStore(foreign)).toThrow(expect.objectContaining({ code: "storage-broken" }));
    const newer = join(folder, "newer.db");
    const database = new DatabaseSync(newer);
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(() => new SqliteStore(newer)).toThrow(expect.objectContaining({ code: "storage-broken" }));
  });
});
