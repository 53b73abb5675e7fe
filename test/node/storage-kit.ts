/**
 * A holder or a mailbox without a node around it: the kit plays the driver (disk, work, timers) and the asking side, so
 * that a test drives `step` with inputs and looks at effects. Real arithmetic, virtual time.
 */
import { readFileSync } from "node:fs";
import { coreOf } from "#adapters/core.ts";
import { SeededRandom } from "#adapters/memory-random.ts";
import type { Box } from "#node/api.ts";
import type { Effect, Input, ReplyTo } from "#node/event.ts";
import { ANCHOR } from "#node/limits.ts";
import { cellHash, deleteBytes, priceOf, putBytes, readBytes, unitOf } from "#node/machine/cells.ts";
import { Holder } from "#node/machine/holder.ts";
import type { HolderContext } from "#node/machine/holder-state.ts";
import { type Answer, type AnswerBody, type NodeId, type Place, type Request, Signer } from "#node/messages.ts";
import type { Change } from "#node/ports.ts";

export const core = coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));
export const network = core.network("nodus/1/test");
/** 2026-03-01T01:00Z, an hour into a 6-hour unit. */
export const START = 1_772_326_800_000;
export const HOUR = 3_600_000;
export const UNIT = 6 * HOUR;

const draw = new SeededRandom("storage-kit");
export const random = (n: number): Uint8Array => draw.bytes(n);
export const nodeId = (): NodeId => random(32) as NodeId;

/** Monotonic, network and wall time of one node; a test moves them together or apart. */
export class Clocks {
  now = 1_000;
  /** With a fraction, as the real one. */
  network = START + 0.25;
  wall = START;
  advance(ms: number): void {
    this.now += ms;
    this.network += ms;
    this.wall += ms;
  }
}

export interface BoxKit {
  box: Box;
  place: Place;
  address: Uint8Array;
  writeSecret: Uint8Array;
  ownerSecret: Uint8Array;
}
export const pairBox = (day = 59): BoxKit => {
  const secret = random(32);
  const pk = core.edPublic(secret);
  const place: Place = { kind: 1, day, writePk: pk, ownerPk: pk };
  const authority = { pk, secret };
  const box: Box = { kind: 1, day, write: authority, owner: authority };
  return { box, place, address: core.address(place), writeSecret: secret, ownerSecret: secret };
};
export const inviteBox = (): BoxKit => {
  const [writeSecret, ownerSecret] = [random(32), random(32)];
  const [writePk, ownerPk] = [core.edPublic(writeSecret), core.edPublic(ownerSecret)];
  const place: Place = { kind: 3, day: 0, writePk, ownerPk };
  const box: Box = {
    kind: 3,
    day: 0,
    write: { pk: writePk, secret: writeSecret },
    owner: { pk: ownerPk, secret: ownerSecret },
  };
  return { box, place, address: core.address(place), writeSecret, ownerSecret };
};

export const inboxBox = (day = 59): BoxKit => {
  const [writePk, ownerSecret] = [new Uint8Array(32), random(32)];
  const ownerPk = core.edPublic(ownerSecret);
  const place: Place = { kind: 2, day, writePk, ownerPk };
  const box: Box = { kind: 2, day, write: { pk: writePk }, owner: { pk: ownerPk, secret: ownerSecret } };
  // There is no write key; one drawn by chance signs for nobody.
  return { box, place, address: core.address(place), writeSecret: random(32), ownerSecret };
};

export const headerOf = (expiry: number, tag: Uint8Array): Uint8Array =>
  core.encode("cellHeader", { version: 1, suite: 1, expiry, tag });
export const cellOf = (size = 2_048, expiry = unitOf(START) + 28, tag = random(16)): Uint8Array => {
  const cell = random(size);
  cell.set(headerOf(expiry, tag));
  return cell;
};
export const headerIn = (cell: Uint8Array): Uint8Array => cell.slice(0, 20);
export const tagIn = (cell: Uint8Array): Uint8Array => cell.slice(4, 20);
export const hashOf = (cell: Uint8Array): Uint8Array => cellHash(core, cell);

export const stampFor = (address: Uint8Array, cell: Uint8Array, bits = priceOf(cell.length)): bigint => {
  const job = core.stampWork(network, address, tagIn(cell), hashOf(cell), bits);
  const nonce = core.search(job, 0n, 2 ** 24);
  if (nonce === undefined) throw new Error("no stamp");
  return nonce;
};

type PutRequest = Extract<Request, { op: "put" }>;
export const putRequest = (kit: BoxKit, cell: Uint8Array, signer: 1 | 2 = Signer.write): PutRequest => {
  const secret = signer === Signer.owner ? kit.ownerSecret : kit.writeSecret;
  const sig = core.sign(secret, "put", network, putBytes(kit.address, hashOf(cell)));
  const stamp = stampFor(kit.address, cell);
  return { op: "put", innerId: random(16), place: kit.place, signer, sig, stamp, cell };
};
/** A PUT to an inbox whose stamp has exactly so many bits. */
export const inboxRequest = (kit: BoxKit, bits = 18, cell = cellOf(16_384)): PutRequest => {
  let stamp = stampFor(kit.address, cell, bits);
  const job = core.stampWork(network, kit.address, tagIn(cell), hashOf(cell), bits);
  while (core.stampBits(network, kit.address, tagIn(cell), hashOf(cell), stamp) !== bits) {
    stamp = core.search(job, stamp + 1n, 2 ** 24) ?? 0n;
  }
  return {
    op: "put",
    innerId: random(16),
    place: kit.place,
    signer: Signer.none,
    sig: new Uint8Array(64),
    stamp,
    cell,
  };
};
export const deleteRequest = (kit: BoxKit, header: Uint8Array, reason = 0): Extract<Request, { op: "delete" }> => {
  const sig = core.sign(kit.ownerSecret, "delete", network, deleteBytes(kit.address, header, reason));
  return { op: "delete", innerId: random(16), place: kit.place, header, reason, sig };
};
export const haveRequest = (kit: BoxKit, cell: Uint8Array): Request => ({
  op: "have",
  innerId: random(16),
  place: kit.place,
  tag: tagIn(cell),
  hash: hashOf(cell),
});

/** The driver of one holder: a map for a disk, unless a test takes the saves into its own hands. */
export class HolderKit {
  readonly clocks: Clocks;
  readonly id: NodeId;
  readonly edSecret = random(32);
  readonly disk: Map<string, Uint8Array>;
  readonly counters = new Map<string, number>();
  readonly full: boolean[] = [];
  /** Saves that wait while `isHeld`. */
  readonly waiting: { save: number; changes: readonly Change[] }[] = [];
  isHeld = false;
  readonly storing: boolean;
  /** What the disk says to the next saves. */
  failing: "storage-full" | "storage-broken" | undefined;
  readonly timers = new Map<string, number>();
  /** Hears every answer as it is given; without it they are collected. */
  onAnswer: ((to: ReplyTo | number, answer: Answer) => void) | undefined;
  readonly #machine: Holder;
  readonly #limits: { storeBytes: number };
  #serial = 0;
  /** Answers by inner id in hex order of arrival. */
  readonly #answers: { to: ReplyTo | number; answer: Answer }[] = [];

  constructor(
    options: {
      storeBytes?: number;
      disk?: Map<string, Uint8Array>;
      clocks?: Clocks;
      idle?: boolean;
      storing?: boolean;
      id?: NodeId;
    } = {},
  ) {
    this.id = options.id ?? nodeId();
    this.storing = options.storing ?? true;
    this.disk = options.disk ?? new Map();
    this.clocks = options.clocks ?? new Clocks();
    const { clocks } = this;
    this.#limits = { ...ANCHOR, storeBytes: options.storeBytes ?? ANCHOR.storeBytes };
    const context = {
      core,
      network,
      time: {
        network: () => clocks.network,
        wall: () => clocks.wall,
        past: (at: number) => clocks.network >= at && clocks.wall >= at,
      },
      self: { nodeId: this.id, keys: { edSecret: this.edSecret }, storing: this.storing },
      limits: this.#limits,
      serial: () => {
        this.#serial += 1;
        return this.#serial;
      },
    } as unknown as HolderContext;
    this.#machine = new Holder(context);
    if (!options.idle) this.input({ type: "start" });
  }

  get machine(): Holder {
    return this.#machine;
  }
  count(name: string): number {
    return this.counters.get(name) ?? 0;
  }

  input(input: Input): void {
    for (const effect of this.#machine.step(input, this.clocks.now)) this.#act(effect);
  }
  /** All answers to one request, in order. */
  ask(request: Request, via = nodeId(), viaAnchor = true): Answer[] {
    const before = this.#answers.length;
    this.input({ type: "request", via, viaAnchor, request, reply: replyTo(via, request.innerId) });
    return this.#answers.slice(before).map(({ answer }) => answer);
  }
  /** The one answer to a request. */
  one(request: Request, via = nodeId(), viaAnchor = true): Answer {
    const [answer] = this.ask(request, via, viaAnchor);
    if (answer === undefined) throw new Error("no answer");
    return answer;
  }
  code(request: Request, via = nodeId(), viaAnchor = true): number {
    return this.one(request, via, viaAnchor).code;
  }
  /** Answers since the last call. */
  taken(): { to: ReplyTo | number; answer: Answer }[] {
    return this.#answers.splice(0);
  }
  /** The disk does what it was asked, at last. */
  land(): void {
    for (const { save, changes } of this.waiting.splice(0)) this.#save(save, changes);
  }
  /** Another cap while it runs. */
  resize(storeBytes: number): void {
    this.#limits.storeBytes = storeBytes;
    this.input({ type: "limitsChanged" });
  }
  /** Fires what is due. */
  advance(ms: number): void {
    this.clocks.advance(ms);
    this.tick();
  }

  read(
    kit: BoxKit,
    op: "list" | "get" | "watch",
    options: { tags?: Uint8Array[]; signer?: 1 | 2; sent?: number; holder?: Uint8Array; innerId?: Uint8Array } = {},
  ): Request {
    const {
      tags = [],
      signer = Signer.owner,
      sent = Math.floor(this.clocks.network),
      holder = this.id,
      innerId = random(16),
    } = options;
    const secret = signer === Signer.owner ? kit.ownerSecret : kit.writeSecret;
    const sig = core.sign(secret, "read", network, readBytes(op, holder as NodeId, innerId, sent, kit.address));
    const rest = { innerId, place: kit.place, sent, signer, sig };
    return op === "get" ? { op, tags, ...rest } : { op, ...rest };
  }
  list(kit: BoxKit): { header: Uint8Array; state: number }[] {
    const { body } = this.one(this.read(kit, "list"));
    return body.kind === "listed" ? body.entries : [];
  }
  get(kit: BoxKit, ...tags: Uint8Array[]): AnswerBody[] {
    return this.ask(this.read(kit, "get", { tags })).map(({ body }) => body);
  }

  #answer(to: ReplyTo | number, answer: Answer): void {
    if (this.onAnswer !== undefined) this.onAnswer(to, answer);
    else this.#answers.push({ to, answer });
  }
  /** Fires what is due by now. */
  tick(): void {
    for (let due = this.#due(); due !== undefined; due = this.#due()) {
      this.timers.delete(due);
      this.input({ type: "timer", timer: due });
    }
  }
  #due(): string | undefined {
    for (const [timer, at] of this.timers) if (at <= this.clocks.now) return timer;
    return undefined;
  }
  #act(effect: Effect): void {
    switch (effect.type) {
      case "save":
        if (this.isHeld) this.waiting.push(effect);
        else this.#save(effect.save, effect.changes);
        break;
      case "load":
        this.input({ type: "loaded", load: effect.load, values: effect.keys.map((key) => this.disk.get(key)) });
        break;
      case "range": {
        const entries = [...this.disk].map(([key, value]) => ({ key, value }));
        const matching = entries.filter(({ key }) => key.startsWith(effect.prefix));
        const half = Math.floor(matching.length / 2);
        this.input({ type: "ranged", range: effect.range, entries: matching.slice(0, half), more: true });
        this.input({ type: "ranged", range: effect.range, entries: matching.slice(half), more: false });
        break;
      }
      case "reply":
        this.#answer(effect.to, effect.answer);
        break;
      case "asked":
        this.#answer(effect.ask, effect.answer);
        break;
      case "count":
        this.counters.set(effect.counter, this.count(effect.counter) + (effect.by ?? 1));
        break;
      case "arm":
        this.timers.set(effect.timer, effect.at);
        break;
      case "disarm":
        this.timers.delete(effect.timer);
        break;
      case "storageFull":
        this.full.push(effect.full);
        break;
      default:
        throw new Error(`unexpected effect ${effect.type}`);
    }
  }
  #save(save: number, changes: readonly Change[]): void {
    if (this.failing !== undefined) {
      this.input({ type: "saved", save, failed: this.failing });
      return;
    }
    for (const { key, value } of changes) {
      if (value === undefined) this.disk.delete(key);
      else this.disk.set(key, value.slice());
    }
    this.input({ type: "saved", save });
  }
}

export const replyTo = (via: NodeId, innerId: Uint8Array): ReplyTo => ({
  via,
  requestId: random(16),
  innerId,
  shared: new Uint8Array(32),
  e: new Uint8Array(32),
});
