/** Storage over real nodes: everything but wires and disks is the production runtime, in virtual time. */
import { describe, expect, it } from "vitest";
import { createTestnet, type Testnet } from "#adapters/memory-testnet.ts";
import type { Node } from "#node/api.ts";
import { hex } from "#node/bytes.ts";
import { unitOf } from "#node/machine/cells.ts";
import { type BoxKit, cellOf, core, headerIn, inviteBox, pairBox, random, tagIn } from "./storage-kit.ts";

/** A cell of full life in the time of this network. */
const freshCell = (net: Testnet, size = 2_048): Uint8Array => cellOf(size, unitOf(net.clock.wall()) + 28);

/** Lets virtual time pass until the promise is kept. */
const within = async <T>(net: Testnet, work: Promise<T>, ms = 60_000): Promise<T> => {
  let result: { ok: true; value: T } | { ok: false; error: unknown } | undefined;
  work.then(
    (value) => {
      result = { ok: true, value };
    },
    (error: unknown) => {
      result = { ok: false, error };
    },
  );
  for (let waited = 0; result === undefined && waited < ms; waited += 20) await net.clock.advance(20);
  if (result === undefined) throw new Error(`nothing after ${ms} ms of virtual time`);
  if (!result.ok) throw result.error;
  return result.value;
};
const nodeOf = (net: Testnet, host: string): Node => {
  const node = net.members.get(host)?.node;
  if (node === undefined) throw new Error(`${host} is not in`);
  return node;
};
const put = (net: Testnet, node: Node, { box }: BoxKit, cell: Uint8Array, signer: "write" | "owner" = "write") =>
  within(net, node.put(box, cell, signer));

describe("storage over a small network", () => {
  it("puts, lists, gets, watches and deletes between two tabs, and outlives restarts of the anchors", async () => {
    const net = await createTestnet({ core, nodes: 16, anchors: 4, seed: "storage-net" });
    const [alice, bob] = [nodeOf(net, "n7"), nodeOf(net, "n11")];
    const box = pairBox();
    const first = freshCell(net);
    expect(await put(net, alice, box, first)).toEqual({ held: 8, of: 8, refused: [] });

    const heard: string[] = [];
    const watch = bob.watch(box.box, (bytes) => void heard.push(hex(bytes)));
    const listed = await within(net, watch.listed);
    expect(listed).toMatchObject({ answered: 2, entries: [{ header: headerIn(first), held: 2, deleted: 0 }] });
    const second = freshCell(net, 16_384);
    await put(net, alice, box, second);
    await net.clock.advance(1_000);
    expect(heard).toEqual([hex(headerIn(second))]);

    const fetched = await within(net, bob.get(box.box, [tagIn(first), tagIn(second), random(16)]));
    expect(new Set(fetched.cells.map(({ cell }) => hex(cell)))).toEqual(new Set([hex(first), hex(second)]));
    expect(await within(net, bob.delete(box.box, headerIn(first), 0))).toEqual({ answered: 8, of: 8 });
    const after = await within(net, alice.list(box.box, "all"));
    expect(after.entries.find((entry) => hex(entry.header) === hex(headerIn(first)))).toMatchObject({
      held: 0,
      deleted: 8,
    });
    expect(after.entries.find((entry) => hex(entry.header) === hex(headerIn(second)))).toMatchObject({ held: 8 });

    for (const host of ["n0", "n1", "n2", "n3"]) {
      const { options } = net.members.get(host) ?? {};
      net.crash(host);
      net.start(host, options);
    }
    await net.clock.advance(60_000);
    const again = await within(net, alice.list(box.box, "all"));
    expect(again.entries.find((entry) => hex(entry.header) === hex(headerIn(second)))).toMatchObject({ held: 8 });
    expect(again.of).toBe(8);
    const third = freshCell(net);
    expect(await put(net, alice, box, third)).toMatchObject({ held: 8 });
    // Restarted holders have forgotten their leases: the renewal makes it good.
    await net.clock.advance(10 * 60_000);
    expect(heard).toContain(hex(headerIn(third)));
    watch.close();
  });

  it("tells the writer when copies go, and counts of those alive in a network of three", async () => {
    const net = await createTestnet({ core, nodes: 4, anchors: 1, seed: "three" });
    const box = inviteBox();
    const cell = freshCell(net, 16_384);
    const writer = nodeOf(net, "n3");
    expect(await put(net, writer, box, cell, "owner")).toEqual({ held: 3, of: 3, refused: [] });
    net.crash("n2");
    await net.clock.advance(90_000);
    const { entries, of } = await within(net, writer.list(box.box, "all"), 120_000);
    expect(entries).toMatchObject([{ held: 2 }]);
    expect(of).toBe(2);
  });
});
