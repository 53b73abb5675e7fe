/**
 * A mailbox among holders: the mailbox machine with a scripted asking side, and real holder machines at the other end.
 * Virtual time; a test says which holder is dead, mute or lying.
 */
import { SeededRandom } from "#adapters/memory-random.ts";
import type { Fetched, Listed, Placement } from "#node/api.ts";
import { hex, nearer } from "#node/bytes.ts";
import type { FaultCode } from "#node/errors.ts";
import type { Command, Contact, Effect, Input } from "#node/event.ts";
import { Mailbox, type MailboxContext } from "#node/machine/mailbox.ts";
import {
  type Answer,
  type AnswerBody,
  AnswerCode,
  Capability,
  type ContactRecord,
  type NodeId,
  type Request,
} from "#node/messages.ts";
import { type BoxKit, Clocks, core, HolderKit, network, nodeId, random, replyTo } from "./storage-kit.ts";

type Ask = Extract<Effect, { type: "ask" }>;
type Find = Extract<Effect, { type: "askFind" }>;
/** What a holder makes of a request instead of answering it. */
type Script = (request: Request, honest: () => Answer[]) => Answer[] | FaultCode;

export interface Place {
  holder: HolderKit;
  contact: Contact;
  /** Requests that reached it. */
  asked: Request[];
  script: Script | undefined;
}

export class World {
  readonly clocks = new Clocks();
  readonly places: Place[] = [];

  /** A holder; with a URL an anchor. */
  add(options: { url?: string; store?: boolean; id?: NodeId } = {}): Place {
    const { url, store = true, id = nodeId() } = options;
    const holder = new HolderKit({ clocks: this.clocks, id });
    const capabilities = (url === undefined ? 0 : Capability.anchor) | (store ? Capability.store : 0);
    const record: ContactRecord = {
      version: 1,
      capabilities,
      edPk: core.edPublic(holder.edSecret),
      nonce: 0n,
      period: 0,
      x25519Pk: random(32),
      seq: this.clocks.network,
      expiry: 0,
      addresses: url === undefined ? [] : [{ kind: 1, bytes: core.utf8(url) }],
      sig: random(64),
    };
    const contact = { nodeId: id, record, bytes: random(8) };
    const place: Place = { holder, contact, asked: [], script: undefined };
    this.places.push(place);
    return place;
  }
  /** `anchors` at hosts of their own, and `tabs`. */
  static of(anchors: number, tabs: number): World {
    const world = new World();
    for (let at = 0; at < anchors; at += 1) world.add({ url: `wss://anchor-${at}.test${at}.example${at}.org/` });
    for (let at = 0; at < tabs; at += 1) world.add();
    return world;
  }
  nearest(key: Uint8Array): Place[] {
    return [...this.places].sort((a, b) => nearer(key, a.contact.nodeId, b.contact.nodeId));
  }
  at(id: NodeId): Place | undefined {
    return this.places.find(({ contact }) => nearer(id, id, contact.nodeId) === 0);
  }
  dead(place: Place, reason: FaultCode = "unanswered"): void {
    place.script = () => reason;
  }
}

export class MailboxKit {
  readonly world: World;
  readonly id = nodeId();
  /** Our own store, where we hold. */
  own: HolderKit | undefined;
  known: Contact[] = [];
  neighbours = 3;
  nodes = 32;
  readonly asks: Ask[] = [];
  readonly finds: Find[] = [];
  readonly solves: number[] = [];
  readonly ended: number[] = [];
  readonly counters = new Map<string, number>();
  readonly timers = new Map<string, number>();
  /** Answers wait until `answer()` while true. */
  isHeld = false;
  /** Proofs of work wait, undone, while true. */
  isSolvingHeld = false;
  mostInFlight = 0;
  readonly #machine: Mailbox;
  readonly #queue: Input[] = [];
  readonly #held: (() => void)[] = [];
  readonly #open = new Map<number, string>();
  readonly #byRequest = new Map<string, number>();
  readonly #flying = new Set<number>();
  readonly #outcomes = new Map<number, { value?: unknown; code?: FaultCode }>();
  readonly #progress = new Map<number, unknown[]>();
  #serial = 0;
  #call = 0;
  #isBusy = false;

  constructor(world: World, options: { loopbackExempt?: boolean; seed?: string } = {}) {
    this.world = world;
    const draw = new SeededRandom(options.seed ?? "mailbox-kit");
    const { clocks } = world;
    const context = {
      core,
      network,
      time: { network: () => clocks.network, wall: () => clocks.wall, past: () => false },
      self: { nodeId: this.id },
      random: draw,
      rules: { name: "nodus/1/test", bits: 8, loopbackExempt: options.loopbackExempt ?? false },
      serial: () => {
        this.#serial += 1;
        return this.#serial;
      },
    } as unknown as MailboxContext;
    this.#machine = new Mailbox(context, {
      known: () => this.known,
      nodes: () => this.nodes,
      neighbours: () => this.neighbours,
      holds: () => this.own !== undefined,
    });
    for (const { holder } of world.places) this.#hear(holder);
  }

  get machine(): Mailbox {
    return this.#machine;
  }
  count(name: string): number {
    return this.counters.get(name) ?? 0;
  }
  holdsToo(): HolderKit {
    const own = new HolderKit({ clocks: this.world.clocks, id: this.id });
    this.own = own;
    this.#hear(own);
    return own;
  }

  /** Starts a call; `value` and `code` tell how it ended. */
  start(command: DistributiveOmit<Command, "call">): number {
    this.#call += 1;
    this.input({ ...command, call: this.#call } as Command);
    return this.#call;
  }
  /** A call that ends at once: its value, or the code of its fault. */
  call(command: DistributiveOmit<Command, "call">): unknown {
    const call = this.start(command);
    const outcome = this.#outcomes.get(call);
    if (outcome === undefined) throw new Error(`${command.type} did not end`);
    return outcome.code ?? outcome.value;
  }
  value(call: number): unknown {
    return this.#outcomes.get(call)?.value;
  }
  code(call: number): FaultCode | undefined {
    return this.#outcomes.get(call)?.code;
  }
  progress(call: number): unknown[] {
    return this.#progress.get(call) ?? [];
  }
  requests(op: Request["op"]): Ask[] {
    return this.asks.filter(({ request }) => request.op === op);
  }

  input(input: Input): void {
    this.#queue.push(input);
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      for (const effect of this.#machine.step(next, this.world.clocks.now)) this.#act(effect);
    }
    this.#isBusy = false;
  }
  /** Lets the next `count` held answers through. */
  answer(count = Number.POSITIVE_INFINITY): void {
    for (const go of this.#held.splice(0, count)) go();
  }
  advance(ms: number): void {
    const { clocks } = this.world;
    const end = clocks.now + ms;
    for (;;) {
      const [next] = [...this.timers].sort(([, a], [, b]) => a - b);
      if (next === undefined || next[1] > end) break;
      clocks.advance(Math.max(0, next[1] - clocks.now));
      this.timers.delete(next[0]);
      this.input({ type: "timer", timer: next[0] });
    }
    clocks.advance(end - clocks.now);
    for (const { holder } of this.world.places) holder.tick();
  }
  /** The neighbour that carries every open request is gone. */
  loseNeighbour(): void {
    for (const ask of [...this.#open.keys()]) {
      this.#close(ask);
      this.input({ type: "askLost", ask });
    }
  }
  /** Open requests that still listen. */
  get listening(): number {
    return this.#open.size;
  }

  #act(effect: Effect): void {
    switch (effect.type) {
      case "ask":
        this.asks.push(effect);
        this.#flying.add(effect.ask);
        this.mostInFlight = Math.max(this.mostInFlight, this.#flying.size);
        this.#later(() => this.#deliver(effect));
        break;
      case "askFind":
        this.finds.push(effect);
        this.#later(() => this.input({ type: "found", ask: effect.ask, contacts: this.#found(effect) }));
        break;
      case "endAsk":
        this.ended.push(effect.ask);
        this.#close(effect.ask);
        break;
      case "localRequest":
        this.own?.input(effect);
        break;
      case "solve":
        this.solves.push(effect.job.bits);
        if (!this.isSolvingHeld) {
          this.input({ type: "solved", solve: effect.solve, nonce: core.search(effect.job, 0n, 2 ** 24) });
        }
        break;
      case "done":
        this.#outcomes.set(effect.call, { value: effect.value });
        break;
      case "failed":
        this.#outcomes.set(effect.call, { code: effect.code });
        break;
      case "progress":
        this.#progress.set(effect.call, [...this.progress(effect.call), effect.value]);
        break;
      case "arm":
        this.timers.set(effect.timer, effect.at);
        break;
      case "disarm":
        this.timers.delete(effect.timer);
        break;
      case "count":
        this.counters.set(effect.counter, this.count(effect.counter) + (effect.by ?? 1));
        break;
      default:
        throw new Error(`unexpected effect ${effect.type}`);
    }
  }
  #later(go: () => void): void {
    if (this.isHeld) this.#held.push(go);
    else go();
  }
  #close(ask: number): void {
    this.#flying.delete(ask);
    const request = this.#open.get(ask);
    this.#open.delete(ask);
    if (request !== undefined) this.#byRequest.delete(request);
  }

  #deliver({ ask, to, request, open }: Ask): void {
    const place = this.world.at(to.nodeId);
    if (place === undefined) {
      this.#fail(ask, "no-route");
      return;
    }
    place.asked.push(request);
    const reply = replyTo(nodeId(), request.innerId);
    this.#open.set(ask, hex(reply.requestId));
    this.#byRequest.set(hex(reply.requestId), ask);
    const answers: Answer[] = [];
    const honest = (): Answer[] => {
      const input = { type: "request" as const, via: reply.via, viaAnchor: true, request, reply };
      const usual = place.holder.onAnswer;
      place.holder.onAnswer = (target, answer) => {
        if (target === reply) answers.push(answer);
        else usual?.(target, answer);
      };
      place.holder.input(input);
      place.holder.onAnswer = usual;
      return answers;
    };
    const answer = place.script === undefined ? honest() : place.script(request, honest);
    if (typeof answer === "string") this.#fail(ask, answer);
    else for (const one of answer) this.#asked(ask, one, open);
  }
  #asked(ask: number, answer: Answer, open: boolean): void {
    if (!this.#open.has(ask)) return;
    this.#flying.delete(ask);
    if (!open) this.#close(ask);
    this.input({ type: "asked", ask, answer });
  }
  #fail(ask: number, reason: FaultCode): void {
    this.#close(ask);
    this.input({ type: "askFailed", ask, reason });
  }
  #hear(holder: HolderKit): void {
    const others = holder.onAnswer;
    holder.onAnswer = (to, answer) => {
      others?.(to, answer);
      if (typeof to === "number") this.input({ type: "asked", ask: to, answer });
      else {
        const ask = this.#byRequest.get(hex(to.requestId));
        if (ask !== undefined) this.#asked(ask, answer, true);
      }
    };
  }
  #found({ key, filter }: Find): Contact[] {
    const wanted = [0, Capability.store, Capability.store | Capability.anchor][filter] ?? 0;
    const contacts = this.world.nearest(key).map(({ contact }) => contact);
    return contacts.filter(({ record }) => (record.capabilities & wanted) === wanted).slice(0, 16);
  }
}
/** Calls by their usual arguments; a string is the code of a fault. */
export const put = (kit: MailboxKit, box: BoxKit, cell: Uint8Array, signer = 1, stampBits = 0): Placement | string =>
  kit.call({ type: "put", box: box.box, cell, signer, stampBits }) as Placement | string;
export const list = (kit: MailboxKit, box: BoxKit, breadth: "two" | "all" = "all"): Listed =>
  kit.call({ type: "list", box: box.box, breadth }) as Listed;
export const get = (kit: MailboxKit, box: BoxKit, ...tags: Uint8Array[]): Fetched =>
  kit.call({ type: "get", box: box.box, tags }) as Fetched;

/** Places that hold an entry of the box, by nearness. */
export const holding = (world: World, box: BoxKit): Place[] =>
  world.nearest(box.address).filter(({ holder }) => {
    const usual = holder.onAnswer;
    holder.onAnswer = undefined;
    const entries = holder.list(box);
    holder.onAnswer = usual;
    return entries.length > 0;
  });
export const isAnchor = ({ contact }: Place): boolean => (contact.record.capabilities & Capability.anchor) !== 0;
/** A script that says the same to every request. */
export const answering =
  (body: AnswerBody, code: number = AnswerCode.ok) =>
  (request: Request): Answer[] => [{ innerId: request.innerId, code, body }];

type DistributiveOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never;
