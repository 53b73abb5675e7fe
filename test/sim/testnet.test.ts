/** The testnet that the library offers: a few lines, and a network of whole nodes stands. */
import { describe, expect, it } from "vitest";
import { createTestnet, type Testnet } from "#adapters/memory-testnet.ts";
import type { Node } from "#node/api.ts";
import { loadCore } from "./core.ts";

const SEED = 11;
const core = loadCore();

async function delivered(net: Testnet, from: Node, to: Node): Promise<boolean> {
  const peer = { nodeId: to.id, x25519Pk: to.x25519Pk };
  return net.clock.wait(
    from.send(peer, core.utf8("hello")).then(
      () => true,
      () => false,
    ),
  );
}

function nodeOf(net: Testnet, host: string): Node {
  const node = net.members.get(host)?.node;
  if (!node) throw new Error(`${host} is not in`);
  return node;
}

describe("createTestnet", () => {
  it("stands with every node in, and carries messages", async () => {
    const net = await createTestnet({ core, nodes: 8, seed: SEED });
    expect(net.live().map(({ host }) => host)).toEqual(["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7"]);
    expect(await delivered(net, nodeOf(net, "n3"), nodeOf(net, "n7"))).toBe(true);
  });

  it("is the same network from the same seed", async () => {
    const ids = async (seed: number): Promise<string[]> => {
      const net = await createTestnet({ core, nodes: 4, seed });
      return net.live().map(({ node }) => node.stats().nodeId);
    };
    const first = await ids(SEED);
    expect(await ids(SEED)).toEqual(first);
    expect(await ids(SEED + 1)).not.toEqual(first);
  });

  it("gives a node that returns its id back and a higher incarnation, whether it left or crashed", async () => {
    const net = await createTestnet({ core, nodes: 6, seed: SEED });
    for (const end of ["leave", "crash"] as const) {
      const before = nodeOf(net, "n5");
      if (end === "leave") await net.clock.wait(net.leave("n5"));
      else net.crash("n5");
      await net.clock.advance(5_000);
      expect(net.members.has("n5")).toBe(false);
      expect(before.online()).toBe(end === "crash"); // nobody told the crashed one
      const after = await net.clock.wait(net.start("n5").started);
      expect(await net.clock.until(() => after.online(), 30_000)).toBe(true);
      expect(after.stats().nodeId).toBe(before.stats().nodeId);
      expect(after.incarnation).toBeGreaterThan(before.incarnation);
      await net.clock.advance(10_000);
      expect(await delivered(net, nodeOf(net, "n4"), after)).toBe(true);
    }
  });

  it("holds a frozen tab still and lets it go on", async () => {
    const net = await createTestnet({ core, nodes: 6, seed: SEED });
    net.freeze("n5");
    expect(await delivered(net, nodeOf(net, "n4"), nodeOf(net, "n5"))).toBe(false);
    net.thaw("n5");
    await net.clock.advance(10_000);
    expect(await delivered(net, nodeOf(net, "n4"), nodeOf(net, "n5"))).toBe(true);
  });
});
