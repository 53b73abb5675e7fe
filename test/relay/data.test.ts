/** The data folder: the key is made once and kept private, one process at a time, and each fault has its sentence. */

import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { coreOf } from "#adapters/core.ts";
import { systemRandom } from "#adapters/random.ts";
import { SliceSolver } from "#adapters/slices.ts";
import { openData } from "../../relay-bootstrap/src/data.ts";
import { OperatorError } from "../../relay-bootstrap/src/faults.ts";

const core = coreOf(readFileSync("core-wasm/pkg/nodus_core_bg.wasm"));
const make = { core, random: systemRandom, solver: new SliceSolver(core, setImmediate) };
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

  it("says that a folder cannot be made", async () => {
    await writeFile(join(folder, "..", "..", "file"), "");
    expect(() => openData(join(folder, "..", "..", "file", "below"))).toThrow(OperatorError);
  });
});
