/** The data folder: the key is made once and kept private, one process at a time, and each fault has its sentence. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { coreOf } from "#adapters/core.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import { systemRandom } from "#adapters/random.ts";
import { SliceSolver } from "#adapters/slices.ts";
import { Fault } from "#node/errors.ts";
import type { Storage } from "#node/ports.ts";
import { openData } from "../../relay-bootstrap/src/data.ts";
import { Exit, OperatorError } from "../../relay-bootstrap/src/faults.ts";
import { countUp, IncarnationFile } from "../../relay-bootstrap/src/incarnation.ts";
import { readKeys } from "../../relay-bootstrap/src/key-file.ts";

const core = coreOf(readFileSync("core-wasm/pkg/nodus_core_bg.wasm"));
/** Made by test/independent/data_folder.py. */
const vectors = JSON.parse(readFileSync("test/vectors/independent/data_folder.json", "utf8")) as {
  key: { file: { nonce: string; period: number; x25519Secret: string } };
  incarnation: { file: string; torn: string };
};
const make = { core, random: systemRandom, solver: new SliceSolver(core, setImmediate) };
const PLAIN_FILE = join(import.meta.dirname, "../../relay-bootstrap/src/plain-file.ts");
const network = { name: "nodus/1/test", bits: 8, loopbackExempt: true };

describe("data folder", () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "nodus-data-")), "made", "on demand");
  });
  afterEach(() => rm(join(folder, "..", ".."), { recursive: true }));

  it("makes a key that meets the network's work, once, for the owner alone", async () => {
    const first = openData(folder);
    const keys = await first.keys(network, make);
    first.close();
    const id = core.nodeId(core.network(network.name), core.edPublic(keys.edSecret), keys.nonce, keys.period, 8);
    expect(id).toHaveLength(32);
    expect((await stat(join(folder, "node.key"))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const second = openData(folder);
    expect(await second.keys(network, make)).toEqual(keys);
    second.close();
  });

  it("is used by one at a time", () => {
    const first = openData(folder);
    expect(() => openData(folder)).toThrow(OperatorError);
    first.close();
    openData(folder).close();
  });

  it("belongs to one network", async () => {
    const data = openData(folder);
    await data.keys(network, make);
    await expect(data.keys({ ...network, name: "nodus/1/other" }, make)).rejects.toThrow("nodus/1/test");
    await expect(data.keys({ ...network, bits: 9 }, make)).rejects.toThrow(OperatorError);
    data.close();
  });

  it.each(["", "{", "{}", "[]", "null", "9", '{"version":2}'])(
    "never replaces a key file that holds %j",
    async (text) => {
      const data = openData(folder);
      const path = join(folder, "node.key");
      await writeFile(path, text);
      await expect(data.keys(network, make)).rejects.toThrow(OperatorError);
      expect(await readFile(path, "utf8")).toBe(text);
      data.close();
    },
  );

  it.each<[string, string, unknown]>([
    ["a secret of other bits", "x25519Secret", "ab".repeat(32)],
    ["a key that its work is not for", "edSecret", "ab".repeat(32)],
    ["a secret that is too short", "edSecret", "ab"],
    ["no secret", "edSecret", undefined],
    ["a secret that is a number", "edSecret", 7],
    ["a nonce beyond 64 bits", "nonce", "9".repeat(20)],
    ["a nonce that is a number", "nonce", 7],
    ["a period beyond 16 bits", "period", 70_000],
    ["a period that is a text", "period", "0"],
    ["another check", "check", "00".repeat(32)],
  ])("refuses a key file with %s, in a sentence, and leaves it", async (_, field, value) => {
    const data = openData(folder);
    await data.keys(network, make);
    const path = join(folder, "node.key");
    const file = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    const text = JSON.stringify({ ...file, [field]: value });
    await writeFile(path, text);
    await expect(data.keys(network, make)).rejects.toMatchObject({ code: Exit.key, name: "OperatorError" });
    expect(await readFile(path, "utf8")).toBe(text);
    data.close();
  });

  it("takes a key file of 0.2.0, which has no check, and leaves it", async () => {
    const data = openData(folder);
    const keys = await data.keys(network, make);
    const path = join(folder, "node.key");
    const { check: _, ...file } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    const text = `${JSON.stringify(file, undefined, 2)}\n`;
    await writeFile(path, text);
    expect(await data.keys(network, make)).toEqual(keys);
    expect(await readFile(path, "utf8")).toBe(text);
    data.close();
  });

  it("closes a key file that others can read, and says so once", async () => {
    const notes: string[] = [];
    const data = openData(folder, (event) => void notes.push(event));
    const keys = await data.keys(network, make);
    await chmod(join(folder, "node.key"), 0o644);
    expect(await data.keys(network, make)).toEqual(keys);
    expect((await stat(join(folder, "node.key"))).mode & 0o777).toBe(0o600);
    await data.keys(network, make);
    expect(notes).toEqual(["key_was_open"]);
    data.close();
  });

  it.each(["lock.db", "node.key", "node.incarnation"])(
    "says that %s is a folder, and not that a node runs",
    async (name) => {
      openData(folder).close();
      await rm(join(folder, name), { force: true });
      await mkdir(join(folder, name));
      const opened = async (): Promise<unknown> => openData(folder).keys(network, make);
      await expect(opened()).rejects.toMatchObject({ message: expect.stringContaining(`${name} is a folder`) });
    },
  );

  it.each([
    ["nothing", ""],
    ["garbage", "garbage of more than sixteen bytes ".repeat(200)],
  ])("mends a lock that holds %s", async (_, text) => {
    openData(folder).close();
    await writeFile(join(folder, "lock.db"), text);
    await writeFile(join(folder, "lock.db-journal"), text);
    const data = openData(folder);
    expect(() => openData(folder)).toThrow("already runs");
    data.close();
  });

  it("gets a file in full or not at all, where the disk takes a part of it", async () => {
    openData(folder).close();
    const path = join(folder, "node.key");
    const script = `
      import { writeWhole } from ${JSON.stringify(PLAIN_FILE)};
      writeWhole(${JSON.stringify(path)}, "x".repeat(5_000));`;
    const args = [process.execPath, "--input-type=module-typescript", "-e", script];
    const { stderr } = spawnSync("sh", ["-c", 'ulimit -f 1; exec "$@"', "sh", ...args], { encoding: "utf8" });
    expect(stderr).toContain(`${path} cannot be written`);
    expect(await readdir(folder)).toEqual(["lock.db"]);
  });

  it("says that a folder cannot be made", async () => {
    await writeFile(join(folder, "..", "..", "file"), "");
    expect(() => openData(join(folder, "..", "..", "file", "below"))).toThrow(OperatorError);
    expect(() => openData(join(folder, "..", "..", "file"))).toThrow("a file is there");
  });
});

describe("the incarnation of a data folder", () => {
  let path: string;
  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), "nodus-data-")), "node.incarnation");
  });
  afterEach(() => rm(join(path, ".."), { recursive: true }));
  const WALL = 1_780_000_000_000;
  const full: Storage = {
    load: async () => undefined,
    save: () => Promise.reject(new Fault("storage-full", "full")),
    range: async function* () {},
    close: async () => undefined,
  };

  it("counts up from whichever of store and file remembers more, and keeps it in both", async () => {
    const store = new MemoryStore();
    expect(await countUp(store, new IncarnationFile(path), WALL)).toEqual({ incarnation: BigInt(WALL), isFull: false });
    expect((await countUp(store, new IncarnationFile(path), 0)).incarnation).toBe(BigInt(WALL) + 1n);
    expect((await countUp(new MemoryStore(), new IncarnationFile(path), 0)).incarnation).toBe(BigInt(WALL) + 2n);
    expect((await countUp(full, new IncarnationFile(path), 0)).isFull).toBe(true);
    await rm(path);
    expect((await countUp(store, new IncarnationFile(path), 0)).incarnation).toBe(BigInt(WALL) + 2n);
  });

  it("is never lower after one of its bytes changed, and says so", async () => {
    for (let at = 0; at < 128; at++) {
      await rm(path, { force: true });
      new IncarnationFile(path).write(5n);
      new IncarnationFile(path).write(6n);
      new IncarnationFile(path).write(7n);
      const bytes = await readFile(path);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      await writeFile(path, bytes);
      const file = new IncarnationFile(path);
      expect(file.isDamaged).toBe(true);
      expect([6n, 7n]).toContain(file.last);
      file.write(8n);
      expect(new IncarnationFile(path).last).toBe(8n);
    }
  });

  it("lies there as the independent implementation has it", async () => {
    new IncarnationFile(path).write(1_780_000_000_000n);
    new IncarnationFile(path).write(1_780_000_000_001n);
    expect((await readFile(path)).toString("hex")).toBe(vectors.incarnation.file);
    await writeFile(path, Buffer.from(vectors.incarnation.torn, "hex"));
    expect(new IncarnationFile(path).last).toBe(1_780_000_000_000n);
    await rm(path);
    await writeFile(path, JSON.stringify(vectors.key.file));
    const expected = { period: vectors.key.file.period, nonce: BigInt(vectors.key.file.nonce) };
    expect(readKeys(path, { ...network, bits: 0 }, core)).toMatchObject(expected);
    const changed = { ...vectors.key.file, x25519Secret: "ab".repeat(32) };
    await writeFile(path, JSON.stringify(changed));
    expect(() => readKeys(path, { ...network, bits: 0 }, core)).toThrow("damaged");
  });
});
