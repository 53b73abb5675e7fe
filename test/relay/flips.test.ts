/**
 * Single bits of a data folder turned over, each before a start: the node runs and gives out what it was given, or says
 * what is wrong; it is never up and silent, and never gives out other bytes. FLIPS=200 for more of them.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { SeededRandom } from "#adapters/memory-random.ts";
import type { Box, Node } from "#node/api.ts";
import { box, cell, client, NETWORK } from "./client.ts";
import { cleanUp, exit, freshFolder, launch, start, until } from "./process.ts";

const FLIPS = Number(process.env["FLIPS"] ?? 24);
const CELLS = 12;
const SEED = "flips";
const ON_TEST = ["--network", NETWORK.name, "--bits", String(NETWORK.bits), "--port", "0"];
/** Words of the log that name a fault. */
const NAMED =
  /"event":"(store_set_aside|store_log_damaged|store_log_cut|store_gone|incarnation_damaged)"|"state":"(damaged|unreadable)"|"holder\.corrupt"/;

interface Kept {
  files: ReadonlyMap<string, Buffer>;
  mailbox: Box;
  cells: Uint8Array[];
}
const nodes: Node[] = [];
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close();
  await cleanUp();
});

async function member(url: string): Promise<Node> {
  const node = await client([url]);
  nodes.push(node);
  await until(() => node.online());
  return node;
}

/** A folder with cells: killed, they lie in the log; ended in order, in the store. */
async function prepared(signal: "SIGKILL" | "SIGTERM"): Promise<Kept> {
  const relay = await start();
  const node = await member(relay.url);
  const mailbox = box();
  const cells = Array.from({ length: CELLS }, cell);
  for (const each of cells) expect((await node.put(mailbox, each, "write")).held).toBe(1);
  await relay.stop(signal);
  const names = (await readdir(relay.data)).sort();
  const files = new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(relay.data, name))] as const)),
  );
  await node.close();
  return { files, mailbox, cells };
}

type Fate = "refused" | "told" | "harmless";

/** Throws where the node lies. */
async function fate(data: string, { mailbox, cells }: Kept): Promise<Fate> {
  const relay = launch([...ON_TEST, "--data", data]);
  const url = (): string | undefined => /runs at (\S+)/.exec(relay.stdout())?.[1];
  await until(() => url() !== undefined || relay.child.exitCode !== null, relay.stderr);
  if (url() === undefined) {
    expect(await exit(relay.child)).toBeGreaterThan(0);
    expect(relay.stderr()).not.toMatch(/^\s+at /m);
    expect(relay.stderr().trimEnd().split("\n").at(-1)).toMatch(/: .*\.$/);
    return "refused";
  }
  const node = await member(url() ?? "");
  const isReady = (await fetch(`${url()}/readyz`)).status === 200;
  const got = await node
    .get(
      mailbox,
      cells.map((each) => each.subarray(4, 20)),
    )
    .then(
      (answer) => answer.cells.map((each) => Buffer.from(each.cell).toString("hex")),
      () => [],
    );
  const given = new Set(cells.map((each) => Buffer.from(each).toString("hex")));
  for (const each of got) expect(given.has(each)).toBe(true);
  await node.close();
  expect(await relay.stop()).toBe(0);
  const isNamed = NAMED.test(relay.stderr());
  if (got.length < CELLS || !isReady) expect(isNamed ? "" : relay.stderr()).toBe("");
  return isNamed ? "told" : "harmless";
}

describe("a flipped bit in a data folder", () => {
  it.each(["SIGKILL", "SIGTERM"] as const)(
    "of a node ended by %s is told of or harms nothing, and no other byte is given out",
    async (signal) => {
      const random = new SeededRandom(`${SEED} ${signal}`);
      const kept = await prepared(signal);
      const names = [...kept.files.keys()];
      const fates: Record<Fate, number> = { refused: 0, told: 0, harmless: 0 };
      for (let flip = 0; flip < FLIPS / 2; flip++) {
        const data = await freshFolder();
        const name = names[flip % names.length] ?? "";
        for (const [each, content] of kept.files) await writeFile(join(data, each), content, { mode: 0o600 });
        const content = Buffer.from(kept.files.get(name) ?? "");
        const at = random.below(Math.max(1, content.length));
        if (content.length > 0) content[at] = (content[at] ?? 0) ^ (1 << random.below(8));
        await writeFile(join(data, name), content.length > 0 ? content : Uint8Array.of(random.below(256)));
        try {
          fates[await fate(data, kept)]++;
        } catch (error) {
          throw new Error(`byte ${at} of ${name}: ${String(error)}`, { cause: error });
        }
        await cleanUp();
      }
      if (process.env["FLIPS"] !== undefined) console.log(signal, names, fates);
      expect(fates.refused + fates.told + fates.harmless).toBe(Math.ceil(FLIPS / 2));
    },
    FLIPS * 30_000,
  );
});
