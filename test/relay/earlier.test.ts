/** Folders that bootstrap nodes of earlier versions left: this one starts on them, is the same node, and gives out all. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "#adapters/clock.ts";
import { systemRandom } from "#adapters/random.ts";
import { SliceSolver } from "#adapters/slices.ts";
import type { Box, Node } from "#node/api.ts";
import { createNode } from "#node/node.ts";
import { SqliteStore } from "../../relay-bootstrap/src/adapters/sqlite-store.ts";
import { copyNode, type KeptCell, offsetTo, VERSIONS } from "../fixtures/open.ts";
import { client, core, NETWORK } from "./client.ts";
import { cleanUp, freshFolder, start, until } from "./process.ts";

const KEPT = VERSIONS.flatMap((version) => (["ended", "killed"] as const).map((how) => ({ version, how })));
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const sha256 = (cell: Uint8Array): string => createHash("sha256").update(cell).digest("hex");
const boxOf = ({ day, pk, secret }: KeptCell): Box => {
  const key = { pk: bytes(pk), secret: bytes(secret) };
  return { kind: 1, day, write: key, owner: key };
};
const nodeIdOf = (record: string): string => {
  const checked = core.checkRecord(
    core.network(NETWORK.name),
    NETWORK.bits,
    new Uint8Array(Buffer.from(record, "base64url")),
  );
  if (!checked.ok) throw new Error(`a bad record: ${checked.error}`);
  return Buffer.from(checked.value.nodeId).toString("hex");
};
const idAt = async (url: string): Promise<string> => {
  const told = (await (await fetch(`${url}/.well-known/nodus.json`)).json()) as { record: string };
  return nodeIdOf(told.record);
};

const nodes: Node[] = [];
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close();
  await cleanUp();
});

describe.each(KEPT)("a folder of $version, $how", ({ version, how }) => {
  test("is taken over by the same node, which gives out what lay there and keeps the deleted deleted", async () => {
    const folder = await freshFolder();
    const kept = copyNode(version, how, folder);
    const wallOffset = offsetTo(kept);
    const relay = await start(["--data", folder], { NODUS_UNSAFE_TESTING: JSON.stringify({ wallOffset }) });
    expect(await idAt(relay.url)).toBe(nodeIdOf(kept.record));
    const node = await client([relay.url], wallOffset);
    nodes.push(node);
    await until(() => node.online());
    // All at once: each asks the node's neighbours of those days too, who do not answer.
    const got = await Promise.all(
      kept.known.map(async (one) => ({ one, ...(await node.get(boxOf(one), [bytes(one.tag)])) })),
    );
    for (const { one, cells, tombstones } of got) {
      expect(cells.map(({ cell }) => sha256(cell))).toEqual(one.deleted ? [] : [one.sha256]);
      expect(tombstones).toHaveLength(one.deleted ? 1 : 0);
    }
  });

  test("counts every cell that it held", async () => {
    const folder = await freshFolder();
    const kept = copyNode(version, how, folder);
    const node = await createNode({
      network: NETWORK,
      ports: {
        clock: systemClock(offsetTo(kept)),
        random: systemRandom,
        core,
        storage: new SqliteStore(join(folder, "store.db")),
        solver: new SliceSolver(core, setImmediate),
        log: { event: () => undefined },
      },
      transports: [],
      store: true,
      bootstrap: [],
    });
    nodes.push(node);
    await until(() => node.stats().cellsKept >= kept[how].cells);
    expect(node.stats().cellsKept).toBe(kept[how].cells);
  });

  test("is taken over by the same node however much later, its key untouched", async () => {
    const folder = await freshFolder();
    const kept = copyNode(version, how, folder);
    const key = readFileSync(join(folder, "node.key"), "utf8");
    const wallOffset = offsetTo(kept, 200 * 86_400_000);
    const relay = await start(["--data", folder], { NODUS_UNSAFE_TESTING: JSON.stringify({ wallOffset }) });
    expect(await idAt(relay.url)).toBe(nodeIdOf(kept.record));
    expect(await relay.stop()).toBe(0);
    expect(readFileSync(join(folder, "node.key"), "utf8")).toBe(key);
  });
});
