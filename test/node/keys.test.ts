/** Node keys: made once, prepared ahead, and changed for good. */
import { describe, expect, it } from "vitest";
import { SeededRandom } from "#adapters/memory-random.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import { createTestnet, type Testnet } from "#adapters/memory-testnet.ts";
import type { Node, NodeOptions, PrepareKeys } from "#node/api.ts";
import { hex } from "#node/bytes.ts";
import { unitOf } from "#node/machine/cells.ts";
import { createNode, prepareKeys } from "#node/node.ts";
import type { Change, Solver, WorkJob } from "#node/ports.ts";
import { core, Net } from "./peer-kit.ts";
import { cellOf, pairBox } from "./storage-kit.ts";

const NETWORK = { name: "nodus/1/test", bits: 8, loopbackExempt: true };

/** One browser profile: its disk outlives the nodes that run on it. */
class Profile implements Solver {
  readonly net = new Net("profile");
  readonly disk = new Map<string, Uint8Array>();
  readonly storage = new MemoryStore(this.disk);
  readonly random = new SeededRandom("profile");
  /** Searches so far. */
  searches = 0;

  async solve(job: WorkJob, progress: (tried: number) => void): Promise<bigint> {
    this.searches += 1;
    progress(1);
    return core.search(job, 0n, 2 ** 20) ?? 0n;
  }
  prepare(which: PrepareKeys["which"], network = NETWORK, onWork?: (tried: number) => void): Promise<void> {
    const { random, storage } = this;
    return prepareKeys({ network, ports: { core, random, storage, solver: this }, which, ...(onWork && { onWork }) });
  }
  create(options: Partial<NodeOptions> = {}): Promise<Node> {
    const { random, storage } = this;
    const log = { event: () => undefined };
    const ports = { clock: this.net.clock, random, core, storage, solver: this, log };
    return createNode({ network: NETWORK, ports, transports: [], store: true, bootstrap: [], ...options });
  }
  async close(node: Node): Promise<void> {
    await this.net.clock.wait(node.close());
  }
}

describe("keys prepared ahead", () => {
  it("are what the node then uses, without further work, and are made once", async () => {
    const profile = new Profile();
    const tried: number[] = [];
    await profile.prepare("leaf", NETWORK, (count) => void tried.push(count));
    await profile.prepare("leaf");
    await profile.prepare("node");
    expect(profile.searches).toBe(2);
    expect(tried).toEqual([1]);
    const leaf = await profile.create({ leaf: true });
    const node = await profile.create();
    expect(profile.searches).toBe(2);
    expect(hex(leaf.id)).not.toBe(hex(node.id));
    expect([...profile.disk.keys()].filter((key) => key.endsWith("/keys")).sort()).toEqual(["leaf/keys", "node/keys"]);
  });

  it("are made anew where they do not carry the work of the network", async () => {
    const profile = new Profile();
    await profile.prepare("node", { ...NETWORK, name: "nodus/1/other" });
    await profile.prepare("node");
    expect(profile.searches).toBe(2);
    await profile.create();
    expect(profile.searches).toBe(2);
  });
});

describe("the next node key", () => {
  it("is adopted at the next start, its incarnation goes on, and the old NodeID is gone", async () => {
    const profile = new Profile();
    const first = await profile.create();
    const old = profile.disk.get("node/keys")?.slice() as Uint8Array;
    await profile.prepare("next");
    await profile.prepare("next");
    expect(profile.searches).toBe(2);
    const leaf = await profile.create({ leaf: true });
    await profile.close(first);
    const second = await profile.create();
    expect(hex(second.id)).not.toBe(hex(first.id));
    expect(hex(second.x25519Pk)).not.toBe(hex(first.x25519Pk));
    expect(second.incarnation).toBeGreaterThan(first.incarnation);
    await profile.close(second);
    const third = await profile.create();
    expect(hex(third.id)).toBe(hex(second.id));
    expect(third.incarnation).toBeGreaterThan(second.incarnation);
    expect(hex((await profile.create({ leaf: true })).id)).toBe(hex(leaf.id));
    // Neither the key nor any part of it lies anywhere.
    const secrets = [hex(old.slice(17, 49)), hex(old.slice(49, 81))];
    for (const value of profile.disk.values()) for (const secret of secrets) expect(hex(value)).not.toContain(secret);
    expect(profile.searches).toBe(3);
  });

  it("and the present one are never both there, whenever the disk fails", async () => {
    const profile = new Profile();
    const first = await profile.create();
    await profile.prepare("next");
    await profile.close(first);
    const { storage } = profile;
    const save = storage.save.bind(storage);
    const saves: (readonly Change[])[] = [];
    storage.save = async (changes) => {
      saves.push(changes);
      throw new Error("the disk is gone");
    };
    await expect(profile.create()).rejects.toThrow("the disk is gone");
    expect(saves).toHaveLength(1);
    expect(saves[0]?.map(({ key }) => key)).toEqual(["node/keys", "node/next"]);
    storage.save = save;
    const second = await profile.create();
    expect(hex(second.id)).not.toBe(hex(first.id));
    expect(profile.disk.has("node/next")).toBe(false);
  });

  it("of another network is not adopted, and none is where keys are given", async () => {
    const profile = new Profile();
    const first = await profile.create();
    await profile.close(first);
    await profile.prepare("next", { ...NETWORK, name: "nodus/1/other" });
    const second = await profile.create();
    expect(hex(second.id)).toBe(hex(first.id));
    await profile.close(second);
    await profile.prepare("next");
    const { keys, nodeId } = profile.net.person();
    const given = await profile.create({ keys });
    expect(hex(given.id)).toBe(hex(nodeId));
    expect(profile.disk.has("node/next")).toBe(true);
  });

  it("shows nobody what the old one kept, and neighbours soon know the new one alone", async () => {
    const net = await createTestnet({ core, nodes: 10, anchors: 2, seed: "next" });
    const box = pairBox();
    const cell = cellOf(2_048, unitOf(net.clock.wall()) + 28);
    await net.clock.wait(nodeOf(net, "n5").put(box.box, cell, "write"));
    const holder = net.live().find(({ node, anchor }) => !anchor && node.stats().cellsKept > 0);
    if (!holder) throw new Error("nobody holds it");
    const { host, node: first, options } = holder;
    const storage = net.disk(host);
    const random = new SeededRandom("next");
    const solver = { solve: async (job: WorkJob) => core.search(job, 0n, 2 ** 20) ?? 0n };
    await prepareKeys({ network: NETWORK, ports: { core, random, storage, solver }, which: "next" });
    await net.clock.wait(net.leave(host));
    const second = await net.clock.wait(net.start(host, options).started);
    await net.clock.advance(60_000);
    expect(hex(second.id)).not.toBe(hex(first.id));
    expect(second.stats()).toMatchObject({ cellsKept: 0, bytesKept: 0 });
    const peer = { nodeId: second.id, x25519Pk: second.x25519Pk };
    await net.clock.wait(nodeOf(net, "n3").send(peer, Uint8Array.of(1)));
    for (const { node } of net.live()) {
      expect(node.stats().links.map((link) => link.peer)).not.toContain(hex(first.id));
    }
  });
});

function nodeOf(net: Testnet, host: string): Node {
  const node = net.members.get(host)?.node;
  if (!node) throw new Error(`${host} is not in`);
  return node;
}
