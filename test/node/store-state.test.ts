/** What a node says of its store: its record's STORE and its state follow what the disk does. */
import { describe, expect, it } from "vitest";
import { MemorySolver } from "#adapters/memory-solver.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import type { Node, StoreState } from "#node/api.ts";
import { Fault } from "#node/errors.ts";
import { Capability } from "#node/messages.ts";
import { createNode } from "#node/node.ts";
import { core, MINUTE, Net, network } from "./peer-kit.ts";

class Disk extends MemoryStore {
  isBroken = false;
  override async load(key: string): Promise<Uint8Array | undefined> {
    this.#fail();
    return super.load(key);
  }
  override async *range(prefix: string): AsyncIterable<{ key: string; value: Uint8Array }> {
    this.#fail();
    yield* super.range(prefix);
  }
  #fail(): void {
    if (this.isBroken) throw new Fault("storage-broken", "broken");
  }
}

const stores = (node: Node): boolean => {
  const checked = core.checkRecord(network, 8, node.record());
  if (!checked.ok) throw new Error(checked.error);
  return (checked.value.record.capabilities & Capability.store) !== 0;
};
const setUp = async (isBroken: boolean): Promise<{ net: Net; node: Node; disk: Disk; states: StoreState[] }> => {
  const net = new Net("store-state");
  const disk = new Disk();
  disk.isBroken = isBroken;
  const states: StoreState[] = [];
  const started = createNode({
    network: { name: "nodus/1/test", bits: 8, loopbackExempt: true },
    ports: {
      clock: net.clock.view(0),
      random: net.random.fork("node"),
      core,
      storage: disk,
      solver: new MemorySolver(core, net.clock),
      log: { event: () => undefined },
    },
    transports: [net.hub.transport("node", false)],
    store: true,
    bootstrap: [],
    keys: net.person().keys,
    incarnation: 1n,
  });
  const node = await net.clock.wait(started);
  states.push(node.store());
  node.on("store", (state) => states.push(state));
  return { net, node, disk, states };
};

describe("the store of a node", () => {
  it("that can be read is said to be ready", async () => {
    const { net, node } = await setUp(false);
    await net.clock.advance(1);
    expect(node.store()).toBe("ready");
    expect(stores(node)).toBe(true);
  });

  it("whose index cannot be read is said to be unreadable until it can, and STORE is not in the record", async () => {
    const { net, node, disk } = await setUp(true);
    await net.clock.advance(5 * MINUTE);
    expect(node.store()).toBe("unreadable");
    expect(stores(node)).toBe(false);
    expect(node.stats().storing).toBe(false);
    disk.isBroken = false;
    await net.clock.advance(11 * MINUTE);
    expect(node.store()).toBe("ready");
    expect(stores(node)).toBe(true);
  });

  it("takes nothing while it is told to, and says so", async () => {
    const { net, node, states } = await setUp(false);
    await net.clock.advance(1);
    node.offer(false);
    expect(stores(node)).toBe(false);
    expect(node.store()).toBe("ready");
    node.offer(true);
    expect(stores(node)).toBe(true);
    expect(states.at(-1)).toBe("ready");
  });
});
