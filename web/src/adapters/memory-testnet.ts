/**
 * A whole network in one process: nodes over a `MemoryHub`, each with a clock, randomness and a disk of its own, all from
 * one seed. `createTestnet` starts it and waits until everybody is in; after that members join, leave, crash, freeze and
 * return as a test asks. Layer: adapters; the only one that knows the node itself.
 */
import type { Node, NodeOptions } from "#node/api.ts";
import { AddressKind } from "#node/messages.ts";
import { createNode } from "#node/node.ts";
import type { Change, Core, Log, Storage } from "#node/ports.ts";
import { type HubOptions, MemoryHub } from "./memory.ts";
import { type ClockView, VirtualClock } from "./memory-clock.ts";
import { SeededRandom } from "./memory-random.ts";
import { MemorySolver } from "./memory-solver.ts";
import { MemoryStore } from "./memory-store.ts";

/** What one member has of its own. */
export interface MemberOptions {
  /** Dialable, with an address. */
  anchor?: boolean;
  /** ms that its wall clock is off, and how much too fast it runs. */
  offset?: number;
  drift?: number;
  /** Names of the hosts it begins with; the anchors unless told. */
  bootstrap?: readonly string[];
  node?: Partial<NodeOptions>;
}
export interface TestnetOptions {
  core: Core;
  nodes: number;
  /** The first so many are anchors; 3 unless told. */
  anchors?: number;
  seed?: number | string;
  hub?: Omit<HubOptions, "clock" | "random">;
  /** ms between two starts; 100 unless told. */
  spacing?: number;
  member?: (index: number) => MemberOptions;
  /** Hears what the nodes tell their operators. */
  log?: (host: string, ...event: Parameters<Log["event"]>) => void;
}
export interface Member {
  readonly host: string;
  readonly anchor: boolean;
  readonly clock: ClockView;
  /** Undefined while it starts and once it is gone. */
  node: Node | undefined;
  readonly started: Promise<Node>;
  readonly options: MemberOptions;
}

/** Proof of work of test networks: a few hundred hashes. */
const TEST_BITS = 8;
/** A browser's disk takes this long to say that a transaction is durable. */
const SAVE_MS = 2;
const ANCHORS = 3;
const SPACING_MS = 100;
/** Somebody who is not in by then will not be. */
const JOIN_LIMIT_MS = 300_000;

/** Everybody started, in, and given `settle` ms to fill their tables. */
export async function createTestnet(options: TestnetOptions, settle = 30_000): Promise<Testnet> {
  const net = new Testnet(options);
  await net.fill();
  await net.clock.advance(settle);
  return net;
}

export class Testnet {
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly hub: MemoryHub;
  /** Hosts that a newcomer begins with. */
  readonly anchors: readonly string[];
  /** Those that run or start, by host, in the order in which they came. */
  readonly members = new Map<string, Member>();
  readonly #options: TestnetOptions;
  /** Disks outlive their processes. */
  readonly #disks = new Map<string, Map<string, Uint8Array>>();
  #starts = 0;

  constructor(options: TestnetOptions) {
    this.random = new SeededRandom(options.seed ?? 1);
    this.hub = new MemoryHub({ clock: this.clock, random: this.random.fork("hub"), ...options.hub });
    const anchors = options.anchors ?? Math.min(ANCHORS, options.nodes);
    this.anchors = Array.from({ length: anchors }, (_, index) => `n${index}`);
    this.#options = options;
  }

  /** Starts n0, n1 … one after the other and waits until all of them are online. */
  async fill(): Promise<void> {
    const { nodes, spacing = SPACING_MS, member } = this.#options;
    for (let index = 0; index < nodes; index++) {
      this.start(`n${index}`, { anchor: index < this.anchors.length, ...member?.(index) });
      await this.clock.advance(spacing);
    }
    const out = (): number => nodes - this.live().filter(({ node }) => node.online()).length;
    const limit = this.clock.now() + JOIN_LIMIT_MS;
    while (nodes > 1 && out() > 0) {
      if (this.clock.now() >= limit) throw new Error(`${out()} of ${nodes} nodes did not get in within 5 minutes`);
      await this.clock.advance(SPACING_MS);
    }
  }

  /** Starts a node, or a closed one again with the disk it left. It is not in yet when this returns. */
  start(host: string, options: MemberOptions = {}): Member {
    const anchor = options.anchor ?? false;
    const clock = this.clock.view(options.offset, options.drift);
    const { bootstrap = this.anchors } = options;
    const { core } = this.#options;
    const started = createNode({
      network: { name: "nodus/1/test", bits: TEST_BITS, loopbackExempt: true },
      ports: {
        clock,
        random: this.random.fork(`${host}#${this.#starts++}`),
        core,
        storage: new SlowStore(this.disk(host), clock),
        solver: new MemorySolver(core, clock),
        log: { event: (...event) => this.#options.log?.(host, ...event) },
      },
      transports: [this.hub.transport(host, anchor)],
      rtc: this.hub.rtc(host),
      ...(anchor ? { addresses: [{ kind: AddressKind.websocket, text: `ws://${host}` }] } : {}),
      store: true,
      bootstrap: bootstrap.filter((name) => name !== host).map((name) => `ws://${name}`),
      ...options.node,
    });
    const member: Member = { host, anchor, clock, node: undefined, started, options };
    this.members.set(host, member);
    started.then((node) => {
      if (this.members.get(host) === member) member.node = node;
    });
    return member;
  }

  /** What this host's processes leave behind. */
  disk(host: string): Storage {
    const disk = this.#disks.get(host) ?? new Map<string, Uint8Array>();
    this.#disks.set(host, disk);
    return new MemoryStore(disk);
  }

  /** The process ends without a word. `noticed`: the systems at the other ends see its channels close. */
  crash(host: string, noticed = true): void {
    const member = this.#remove(host);
    member.clock.stop();
    this.hub.kill(host, noticed);
  }

  /** Says goodbye, saves and ends. */
  async leave(host: string): Promise<void> {
    const member = this.#remove(host);
    const node = await member.started;
    await node.close();
    member.clock.stop();
    this.hub.kill(host);
  }

  /** A frozen tab: nothing of it runs and it takes nothing, while its channels stay. */
  freeze(host: string): void {
    this.#member(host).clock.freeze();
    this.hub.freeze(host);
  }

  /** The tab runs again and tells its node that it woke. */
  thaw(host: string): void {
    const member = this.#member(host);
    member.clock.thaw();
    this.hub.thaw(host);
    member.node?.wake();
  }

  /** Those that are in. */
  live(): (Member & { node: Node })[] {
    return [...this.members.values()].filter((member): member is Member & { node: Node } => member.node !== undefined);
  }

  #member(host: string): Member {
    const member = this.members.get(host);
    if (!member) throw new Error(`there is no ${host}`);
    return member;
  }

  #remove(host: string): Member {
    const member = this.#member(host);
    this.members.delete(host);
    member.node = undefined;
    return member;
  }
}

/** A disk that needs a moment; what was not durable when the process died is lost. */
class SlowStore implements Storage {
  readonly #disk: Storage;
  readonly #clock: ClockView;

  constructor(disk: Storage, clock: ClockView) {
    this.#disk = disk;
    this.#clock = clock;
  }

  load(key: string): Promise<Uint8Array | undefined> {
    return this.#disk.load(key);
  }

  save(changes: readonly Change[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#clock.after(SAVE_MS, () => this.#disk.save(changes).then(resolve, reject));
    });
  }

  range(prefix: string): AsyncIterable<{ key: string; value: Uint8Array }> {
    return this.#disk.range(prefix);
  }

  close(): Promise<void> {
    return this.#disk.close();
  }
}
