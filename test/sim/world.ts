/**
 * The world of one run: a testnet whose every frame goes into the log, messages between its nodes, and what must never
 * happen (`violations`). Scenarios move it; it decides nothing itself.
 */

import type { SeededRandom } from "#adapters/memory-random.ts";
import { type Member, type MemberOptions, Testnet, type TestnetOptions } from "#adapters/memory-testnet.ts";
import type { Node } from "#node/api.ts";
import { Fault } from "#node/errors.ts";
import { ANCHOR, type Limits } from "#node/limits.ts";
import type { NodeId } from "#node/messages.ts";
import type { Core } from "#node/ports.ts";
import { EventLog, Hops } from "./log.ts";

export interface Options {
  scenario: string;
  nodes: number;
  /** Links that a node aims at. */
  links: number;
  seed: number;
  hours: number;
  messages: number;
  crypto: "real" | "fast";
}
/** What a scenario sets before anybody starts. */
export interface Setting {
  anchors: number;
  /** Where an anchor stops; as in production unless told. */
  anchorLinks?: number;
  hub?: NonNullable<TestnetOptions["hub"]>;
  member?: (index: number) => MemberOptions;
}
export type Live = Member & { node: Node };

/** A message as it went: acknowledged after `ms`, or the fault that ended it. */
export interface Sent {
  from: string;
  to: string;
  ms: number;
  fault: string | undefined;
}

/** Everybody is everybody's contact here: what opens a direct link. */
export const TOKEN: Uint8Array = new Uint8Array(32).fill(7);
const BACK_STEP_MS = 100;
const PAYLOAD_BYTES = 100;
/** A tab stops at 64 links where it aims at 40 (protocol.md §3). */
const MOST_LINKS = 1.6;
/** No call of a node takes longer, or it has lost its caller. */
const CALL_LIMIT_MS = 120_000;
/** So many exceptions are told, and no more. */
const FAULTS = 20;
/** Counters of frames that no honest node sends. */
const NEVER = ["malformed", "version", "type", "length", "work", "ttl"];

export class World {
  readonly options: Options;
  readonly core: Core;
  readonly net: Testnet;
  readonly random: SeededRandom;
  readonly log = new EventLog();
  readonly hops = new Hops();
  /** What is worth a look where a run fails. */
  readonly notes: string[] = [];
  readonly #limits: Pick<Limits, "linksWanted" | "linksMax">;
  /** Exceptions inside machines, as their nodes logged them. */
  readonly #faults: string[] = [];
  readonly #anchorLimits: Pick<Limits, "linksWanted" | "linksMax">;

  constructor(core: Core, options: Options, setting: Setting) {
    const { nodes, links, seed } = options;
    this.options = options;
    this.core = core;
    this.#limits = { linksWanted: links, linksMax: Math.ceil(links * MOST_LINKS) };
    this.#anchorLimits = { linksWanted: links, linksMax: setting.anchorLinks ?? ANCHOR.linksMax };
    const member = (index: number): MemberOptions =>
      this.#limited({ anchor: index < setting.anchors, ...setting.member?.(index) });
    const hub = { bindings: "carriers", ...setting.hub } as const;
    const log = (host: string, event: string, fields: object = {}): void => {
      if (event === "fault" && this.#faults.length < FAULTS) this.#faults.push(`${host}: ${JSON.stringify(fields)}`);
    };
    this.net = new Testnet({ core, nodes, seed, anchors: setting.anchors, hub, member, log });
    this.random = this.net.random.fork("world");
    const { clock, members } = this.net;
    this.net.hub.observe((from, to, frame) => {
      this.log.add(clock.now(), from, to, frame);
      this.hops.add(frame, members.get(to)?.node?.id);
    });
  }

  /** Everybody in, and the tables filled. */
  async build(settle = 120_000): Promise<void> {
    await this.net.fill();
    await this.net.clock.advance(settle);
  }

  start(host: string, options: MemberOptions = {}): Member {
    return this.net.start(host, this.#limited(options));
  }

  /** Nodes that are in now. */
  live(): Live[] {
    return this.net.live().filter(({ node }) => node.online());
  }

  pick<T>(from: readonly T[]): T {
    const chosen = from[this.random.below(from.length)];
    if (chosen === undefined) throw new Error("nobody is left to choose from");
    return chosen;
  }

  /** Two different nodes, uniformly. */
  pair(among: readonly Live[] = this.live()): [Live, Live] {
    const from = this.pick(among);
    for (;;) {
      const to = this.pick(among);
      if (to !== from) return [from, to];
    }
  }

  /** One message, acknowledged or not; undefined where one of the two ended meanwhile, which says nothing. */
  async send(from: Live, to: Live): Promise<Sent | undefined> {
    const { clock } = this.net;
    const began = clock.now();
    const peer = { nodeId: to.node.id, x25519Pk: to.node.x25519Pk };
    const payload = this.random.bytes(PAYLOAD_BYTES);
    const fault = await this.call(from.node.send(peer, payload).then(() => undefined, faultOf));
    if (!this.running(from) || !this.running(to)) return undefined;
    if (fault !== undefined) this.notes.push(`${began} ms: ${from.host} to ${to.host} ${fault}`);
    return { from: from.host, to: to.host, ms: clock.now() - began, fault };
  }

  /** `count` messages between random pairs, spread over `ms`, and all their outcomes. */
  async traffic(count: number, ms: number, among?: () => readonly Live[]): Promise<Sent[]> {
    const { clock } = this.net;
    const outcomes: (Sent | undefined)[] = [];
    const began = clock.now();
    for (let index = 0; index < count; index++) {
      clock.after((index * ms) / count, () => {
        const [from, to] = this.pair(among?.());
        void this.send(from, to).then((outcome) => outcomes.push(outcome));
      });
    }
    await clock.advance(ms);
    if (!(await clock.until(() => outcomes.length === count, CALL_LIMIT_MS + 1))) {
      throw new Error(`${count - outcomes.length} messages of ${began} ms were never answered`);
    }
    return outcomes.filter((outcome) => outcome !== undefined);
  }

  /** ms until the first message of this host is acknowledged, one being sent every 100 ms; Infinity beyond the limit. */
  async back(host: string, limit: number): Promise<number> {
    const { clock } = this.net;
    const began = clock.now();
    const state: { at?: number } = {};
    while (state.at === undefined && clock.now() - began < limit) {
      const live = this.live();
      const self = live.find((one) => one.host === host);
      const others = live.filter((one) => one !== self);
      if (self) {
        void this.send(self, this.pick(others)).then((sent) => {
          if (sent && sent.fault === undefined) state.at ??= clock.now();
        });
      }
      await clock.advance(BACK_STEP_MS);
    }
    return state.at === undefined ? Number.POSITIVE_INFINITY : state.at - began;
  }

  /** The promise, or a fault where it is not settled in any reasonable time. */
  call<T>(promise: Promise<T>): Promise<T | "never"> {
    return new Promise((resolve, reject) => {
      const cancel = this.net.clock.after(CALL_LIMIT_MS, () => resolve("never"));
      promise.finally(cancel).then(resolve, reject);
    });
  }

  running(member: Live): boolean {
    return this.net.members.get(member.host) === member;
  }

  /** Sum of a counter. */
  count(counter: string, among: readonly Live[] = this.net.live()): number {
    return among.reduce((sum, { node }) => sum + (node.stats().counters[counter] ?? 0), 0);
  }

  /** All counters of all that live. */
  counters(): Record<string, number> {
    const sums = new Map<string, number>();
    for (const { node } of this.net.live()) {
      for (const [name, count] of Object.entries(node.stats().counters)) sums.set(name, (sums.get(name) ?? 0) + count);
    }
    return Object.fromEntries([...sums].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  links(): { mean: number; most: number } {
    const counts = this.live().map(({ node }) => node.stats().links.length);
    return { mean: counts.reduce((sum, count) => sum + count, 0) / counts.length, most: Math.max(...counts) };
  }

  /** What must hold at any time of any scenario, as sentences about what does not. */
  violations(): string[] {
    const found = [...this.#faults];
    for (const drop of NEVER) {
      const count = this.count(`dropped.${drop}`);
      if (count > 0) found.push(`${count} honest frames were dropped as ${drop}`);
    }
    for (const [name, count] of Object.entries(this.counters())) {
      if (name === "storage.broken") found.push(`${name}: ${count}`);
    }
    for (const { host, node, anchor } of this.live()) {
      const peers = node.stats().links.map(({ peer }) => peer);
      if (new Set(peers).size !== peers.length) found.push(`${host} has two links to one peer`);
      if (peers.includes(node.stats().nodeId)) found.push(`${host} is linked to itself`);
      if (!anchor && peers.length > this.#limits.linksMax) found.push(`${host} has ${peers.length} links`);
    }
    return found;
  }

  #limited(options: MemberOptions): MemberOptions {
    const limits = options.anchor ? this.#anchorLimits : this.#limits;
    const onToken = (_: NodeId, token: Uint8Array): boolean => token.every((byte) => byte === TOKEN[0]);
    return { ...options, node: { limits, onToken, ...options.node } };
  }
}

export function faultOf(error: unknown): string {
  if (error instanceof Fault) return error.code;
  throw error;
}
