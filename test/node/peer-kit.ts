/**
 * A network in memory for the overlay's tests: real nodes, and peers played by the test, which speak the wire by hand and
 * may lie at any step. Real arithmetic, virtual time.
 */
import { readFileSync } from "node:fs";
import { coreOf } from "#adapters/core.ts";
import { MemoryHub } from "#adapters/memory.ts";
import { type ClockView, VirtualClock } from "#adapters/memory-clock.ts";
import { SeededRandom } from "#adapters/memory-random.ts";
import { MemorySolver } from "#adapters/memory-solver.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import type { Node, NodeKeys, NodeOptions } from "#node/api.ts";
import { concat, equal, u8 } from "#node/bytes.ts";
import {
  AddressKind,
  type ContactRecord,
  FrameType,
  type Hello,
  type MessageName,
  type Messages,
  type NodeId,
  type Routed,
} from "#node/messages.ts";
import { createNode } from "#node/node.ts";
import type { Channel } from "#node/ports.ts";

export const core = coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));
const BITS = 8;
const NAME = "nodus/1/test";
export const network = core.network(NAME);
const EPOCH_MS = 1_767_225_600_000;
export const MINUTE = 60_000;
const ENOUGH = 1_000_000;

export interface Person {
  keys: NodeKeys;
  edPk: Uint8Array;
  x25519Pk: Uint8Array;
  nodeId: NodeId;
}

interface NetNode extends Partial<NodeOptions> {
  listens?: boolean;
  offset?: number;
  disk?: Map<string, Uint8Array>;
}

export class Net {
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly hub: MemoryHub;
  /** Of the real nodes, by host: to be frozen, jumped or stopped. */
  readonly clocks = new Map<string, ClockView>();
  readonly #disks = new Map<string, Map<string, Uint8Array>>();
  #starts = 0;

  constructor(seed: number | string = 1, bindings: "none" | "carriers" = "carriers") {
    this.random = new SeededRandom(seed);
    this.hub = new MemoryHub({ clock: this.clock, random: this.random.fork("hub"), bindings });
  }

  /** Solved keys; `bits` below the network's make work that is too little. */
  person(suits: (id: NodeId) => boolean = () => true): Person {
    for (;;) {
      const edSecret = this.random.bytes(32);
      const x25519Secret = this.random.bytes(32);
      const edPk = core.edPublic(edSecret);
      const nonce = core.search(core.idWork(network, edPk, 0, BITS), 0n, ENOUGH) ?? 0n;
      const nodeId = core.nodeId(network, edPk, nonce, 0, BITS);
      const keys = { edSecret, x25519Secret, nonce, period: 0 };
      if (nodeId && suits(nodeId)) return { keys, edPk, x25519Pk: core.x25519Public(x25519Secret), nodeId };
    }
  }

  /** A real node; `listens` makes it an anchor at ws://<host>. `disk`: instead of the one its host had before. */
  async node(host: string, options: NetNode = {}): Promise<Node> {
    const {
      listens = false,
      offset = 0,
      disk = this.#disks.get(host) ?? new Map<string, Uint8Array>(),
      ...rest
    } = options;
    this.#disks.set(host, disk);
    this.#starts += 1;
    const clock = this.clock.view(offset);
    this.clocks.set(host, clock);
    const started = createNode({
      network: { name: NAME, bits: BITS, loopbackExempt: true },
      ports: {
        clock,
        random: this.random.fork(`${host}#${this.#starts}`),
        core,
        storage: new MemoryStore(disk),
        solver: new MemorySolver(core, this.clock),
        log: { event: (name, fields) => void (name === "fault" && console.error(name, fields)) },
      },
      transports: [this.hub.transport(host, listens)],
      rtc: this.hub.rtc(host),
      ...(listens ? { addresses: [{ kind: AddressKind.websocket, text: `ws://${host}` }] } : {}),
      store: false,
      bootstrap: [],
      ...rest,
    });
    return this.clock.wait(started);
  }

  /** A peer of the test's own that dials a listening node. */
  async dial(host: string, url: string, person = this.person()): Promise<Peer> {
    const signal = { aborted: false, addEventListener: () => undefined };
    const dialed = this.hub.transport(host).dial(core.utf8(url), signal);
    return new Peer(this, person, await this.clock.wait(dialed), 0, url);
  }

  /** A peer of the test's own that listens; `came` gives each node that dials it. */
  listen(host: string, person = this.person()): { person: Person; peers: Peer[]; came(): Promise<Peer> } {
    const peers: Peer[] = [];
    this.hub.transport(host, true).onChannel((channel) => {
      peers.push(new Peer(this, person, channel, 1, `ws://${host}:80`));
    });
    const came = async (): Promise<Peer> => {
      const seen = peers.length;
      if (!(await this.clock.until(() => peers.length > seen, 600_000))) throw new Error("nobody dialed");
      return peers[seen] as Peer;
    };
    return { person, peers, came };
  }
}

/** One end of a channel, played by the test. */
export class Peer {
  readonly net: Net;
  readonly person: Person;
  readonly channel: Channel;
  readonly role: 0 | 1;
  /** Frames not yet looked at. */
  readonly inbox: Uint8Array[] = [];
  closed: string | undefined;
  addresses: { kind: number; bytes: Uint8Array }[] = [];
  incarnation: bigint;
  hello: Uint8Array = new Uint8Array();
  theirHello: Hello | undefined;
  theirs: ContactRecord | undefined;
  theirId: NodeId | undefined;
  th: Uint8Array = new Uint8Array();
  readonly #url: string;
  #theirHello: Uint8Array = new Uint8Array();

  constructor(net: Net, person: Person, channel: Channel, role: 0 | 1, url: string) {
    this.net = net;
    this.person = person;
    this.channel = channel;
    this.role = role;
    this.incarnation = BigInt(net.clock.wall());
    this.#url = channel.binding.kind === "none" ? "" : url.replace(/^(wss?:\/\/[^/:]+)$/, "$1:80");
    channel.onFrame((frame) => this.inbox.push(frame.slice()));
    void channel.closed.then((code) => {
      this.closed = code;
    });
  }

  time(): number {
    return this.net.clock.wall();
  }

  send(type: FrameType, payload: Uint8Array): void {
    this.channel.send(core.frame(type, payload));
  }
  say<K extends MessageName>(type: FrameType, name: K, message: Messages[K]): void {
    this.send(type, core.encode(name, message));
  }

  /** The next frame of this type; others before it are dropped. */
  async next(type: FrameType, limit = 10_000): Promise<Uint8Array> {
    const at = (): number => this.inbox.findIndex((frame) => frame[1] === type);
    if (!(await this.net.clock.until(() => at() >= 0, limit))) {
      throw new Error(`no frame ${type} came (${this.closed ?? "open"})`);
    }
    const frame = this.inbox[at()] as Uint8Array;
    this.inbox.splice(0, at() + 1);
    return frame;
  }
  async heard<K extends MessageName>(type: FrameType, name: K): Promise<Messages[K]> {
    const decoded = core.decode(name, (await this.next(type)).subarray(6));
    if (!decoded.ok) throw new Error(`a node said something malformed: ${decoded.error}`);
    return decoded.value;
  }

  record(change: Partial<ContactRecord> = {}, signer = this.person): Uint8Array {
    const { edPk, x25519Pk, keys } = this.person;
    return core.signRecord(signer.keys.edSecret, network, {
      version: 1,
      capabilities: this.addresses.length > 0 ? 1 : 0,
      edPk,
      nonce: keys.nonce,
      period: keys.period,
      x25519Pk,
      seq: this.time(),
      expiry: Math.floor((this.time() - EPOCH_MS) / MINUTE) + 24 * 60,
      addresses: this.addresses,
      sig: new Uint8Array(64),
      ...change,
    });
  }

  sayHello(change: Partial<Hello> = {}): void {
    this.hello = core.encode("hello", {
      version: 1,
      network,
      role: this.role,
      record: this.record(),
      incarnation: this.incarnation,
      wall: this.time(),
      e: core.x25519Public(this.net.random.bytes(32)),
      random: this.net.random.bytes(32),
      binding: core.utf8(this.#url),
      ...change,
    });
    this.send(FrameType.hello, this.hello);
  }

  async hearHello(): Promise<void> {
    const payload = (await this.next(FrameType.hello)).slice(6);
    const decoded = core.decode("hello", payload);
    if (!decoded.ok) throw new Error("a node said a malformed HELLO");
    this.theirHello = decoded.value;
    const record = core.decode("record", decoded.value.record);
    if (!record.ok) throw new Error("a node showed a malformed record");
    this.theirs = record.value;
    this.theirId = core.nodeId(network, record.value.edPk, record.value.nonce, record.value.period, BITS);
    this.#theirHello = payload;
  }

  proof(secret = this.person.keys.edSecret, role: number = this.role): Uint8Array {
    const [dialer, listener] = this.role === 0 ? [this.hello, this.#theirHello] : [this.#theirHello, this.hello];
    this.th = core.hash("link", dialer, listener);
    return core.sign(secret, "link-proof", network, u8(role), this.th);
  }
  sayProof(sig = this.proof()): void {
    this.say(FrameType.proof, "proof", { sig });
  }

  /** HELLO, PROOF and RECORD as an honest peer says them. */
  async link(change: { hello?: Partial<Hello>; record?: Uint8Array } = {}): Promise<this> {
    if (this.role === 0) {
      this.sayHello(change.hello);
      await this.hearHello();
      this.sayProof();
      await this.next(FrameType.proof);
    } else {
      await this.hearHello();
      this.sayHello(change.hello);
      await this.next(FrameType.proof);
      this.sayProof();
    }
    this.send(FrameType.record, change.record ?? this.record());
    await this.next(FrameType.record);
    // Its own record is half a round trip on its way.
    await this.net.clock.advance(50);
    return this;
  }

  /** A signed routed frame in the name of `from`. */
  routed(type: FrameType, target: NodeId, payload: Uint8Array, change: { from?: Person; exact?: boolean } = {}): void {
    const { keys, edPk } = change.from ?? this.person;
    const id = new DataView(this.net.random.bytes(8).buffer).getBigUint64(0);
    const frame = core.routed(keys.edSecret, network, {
      type,
      target,
      exact: change.exact ?? true,
      ttl: 14,
      edPk,
      nonce: keys.nonce,
      period: keys.period,
      sent: this.time(),
      id,
      payload,
    });
    this.channel.send(frame);
  }

  async hearRouted(
    type: FrameType,
    limit?: number,
  ): Promise<{ routed: Routed; requestId: Uint8Array; body: Uint8Array }> {
    const opened = core.openRouted(network, BITS, await this.next(type, limit));
    if (!opened.ok) throw new Error(`a node sent a routed frame that does not verify: ${opened.error}`);
    const tagged = core.decode("tagged", opened.value.payload);
    if (!tagged.ok) throw new Error("a routed payload without a request id");
    return { routed: opened.value, ...tagged.value };
  }

  /** Answers pings from now on, as an honest peer does, with its clock off by so many ms. */
  live(offset = 0): this {
    this.channel.onFrame((frame) => {
      if (frame[1] !== FrameType.ping) {
        this.inbox.push(frame.slice());
        return;
      }
      const ping = core.decode("ping", frame.subarray(6));
      if (ping.ok) this.say(FrameType.pong, "pong", { id: ping.value.id, wall: this.time() + offset });
    });
    return this;
  }

  /** Frames of this type that wait. */
  waiting(type: FrameType): Uint8Array[] {
    return this.inbox.filter((frame) => frame[1] === type);
  }
}

export const counter = (node: Node, name: string): number => node.stats().counters[name] ?? 0;
export const linkedTo = (node: Node, id: Uint8Array): boolean =>
  node.stats().links.some(({ peer }) => peer === Buffer.from(id).toString("hex"));
export { concat, equal };
