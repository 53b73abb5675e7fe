/** The public calls and events of a node over its driver: promises under call numbers, listeners, numbers for stats. */

import type { Node, NodeEvents } from "./api.ts";
import { hex } from "./bytes.ts";
import type { Driver, Hands } from "./driver.ts";
import type { Wires } from "./driver-wires.ts";
import { Fault } from "./errors.ts";
import type { Command, Input } from "./event.ts";
import { checkedLimits } from "./limits.ts";
import type { AnchorBook } from "./machine/anchors.ts";
import type { Holder } from "./machine/holder.ts";
import type { Context } from "./machine/machine.ts";
import type { Mailbox } from "./machine/mailbox.ts";
import { FrameType, Signer } from "./messages.ts";
import type { Clock } from "./ports.ts";
import type { LinkStats, Stats } from "./stats.ts";

interface Waiting {
  done: (value: unknown) => void;
  failed: (fault: Fault) => void;
  progress: ((value: never) => void) | undefined;
  /** A watch goes on after its `done`. */
  stays: boolean;
}
export interface Parts {
  ctx: Context;
  clock: Clock;
  driver: Driver;
  wires: Wires;
  book: AnchorBook;
  holder: Holder;
  mailbox: Mailbox;
}
type Without<C> = C extends Command ? Omit<C, "call"> : never;
type Listeners = { [K in keyof NodeEvents]: Set<(detail: NodeEvents[K]) => void> };

const SIBLINGS = 8;
/** Between the last frames and the end of their channels. */
const FAREWELL_MS = 50;

export const createSurface = (parts: Parts): Node => {
  const { ctx, clock, driver, wires } = parts;
  const { self } = ctx;
  const startedAt = clock.now();
  const waiting = new Map<number, Waiting>();
  const listeners: Listeners = {
    cell: new Set(),
    message: new Set(),
    links: new Set(),
    contact: new Set(),
    skew: new Set(),
    full: new Set(),
    twin: new Set(),
    store: new Set(),
  };
  let closing: Promise<void> | undefined;
  /** What there was to say when the node closed: its table is gone since. */
  let last: Stats | undefined;

  const hands: Hands = {
    done: ({ call, value }) => {
      const one = waiting.get(call);
      if (one && !one.stays) waiting.delete(call);
      one?.done(value);
    },
    progress: ({ call, value }) => waiting.get(call)?.progress?.(value as never),
    failed: ({ call, code, sentence }) => {
      const one = waiting.get(call);
      waiting.delete(call);
      one?.failed(new Fault(code, sentence));
    },
    emit: ({ event, detail }) => {
      for (const heard of listeners[event] as Set<(detail: unknown) => void>) heard(detail);
    },
  };
  driver.hands(hands);

  const call = <T>(
    command: Without<Command>,
    progress?: (value: never) => void,
    stays = false,
  ): [Promise<T>, number] => {
    const number = ctx.serial();
    const promise = new Promise<T>((resolve, reject) => {
      if (closing) {
        reject(new Fault("closed", "The node is closed."));
        return;
      }
      waiting.set(number, { done: resolve as (value: unknown) => void, failed: reject, progress, stays });
      driver.input({ ...command, call: number } as Input);
    });
    return [promise, number];
  };

  const close = async (): Promise<void> => {
    driver.input({ type: "closing" });
    await new Promise<void>((resolve) => void clock.after(FAREWELL_MS, resolve));
    driver.close();
    await wires.close();
    const closed = new Fault("closed", "The node is closed.");
    for (const one of waiting.values()) one.failed(closed);
    waiting.clear();
    last = { ...stats(parts, startedAt), links: [] };
    ctx.table.free();
  };

  return {
    id: self.nodeId,
    x25519Pk: self.x25519Pk,
    incarnation: self.incarnation,
    record: () => self.record,
    networkTime: () => ctx.time.network(clock.now()),
    timeSure: () => ctx.time.sure,
    online: () => last === undefined && ctx.links.count > 0,
    send: (peer, payload) => call<void>({ type: "send", peer, payload })[0],
    sendDirect: (peer, cell) => {
      const entry = ctx.links.to(peer);
      return entry?.trusted === true && wires.send(entry.link, ctx.core.frame(FrameType.cell, cell));
    },
    connect: (peer, token) => call<never>({ type: "connect", peer, token })[0],
    direct: (peer) => ctx.links.to(peer)?.trusted === true,
    drop: (peer) => driver.input({ type: "drop", peer }),
    find: (key, filter) => call<never>({ type: "find", key, filter })[0],
    put: (box, cell, signer, progress, stampBits = 0) => {
      return call<never>({ type: "put", box, cell, signer: Signer[signer], stampBits }, progress)[0];
    },
    list: (box, breadth, prove) => call<never>({ type: "list", box, breadth, prove })[0],
    get: (box, tags, breadth = "all") => call<never>({ type: "get", box, tags, breadth })[0],
    have: (box, tag, hash, expiry) => call<never>({ type: "have", box, tag, hash, expiry })[0],
    watch: (box, heard) => {
      const [listed, number] = call<never>({ type: "watch", box }, heard, true);
      return {
        listed,
        close: () => {
          waiting.delete(number);
          driver.input({ type: "unwatch", call: number });
        },
      };
    },
    delete: (box, header, reason) => call<never>({ type: "delete", box, header, reason })[0],
    stats: () => last ?? stats(parts, startedAt),
    on: (event, heard) => {
      const all = listeners[event] as Set<typeof heard>;
      all.add(heard);
      return () => void all.delete(heard);
    },
    pause: (on) => driver.input({ type: "pause", on }),
    offer: (on) => driver.input({ type: "offer", on }),
    store: () => self.store,
    setLimits: (caps) => driver.input({ type: "limits", caps: checkedLimits({ ...caps }) }),
    wake: () => driver.input({ type: "wake", slept: false }),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
};

const stats = ({ ctx, clock, driver, wires, book, holder, mailbox }: Parts, startedAt: number): Stats => {
  const now = clock.now();
  const siblings = new Set(ctx.table.links(ctx.self.nodeId, SIBLINGS, false));
  const links: LinkStats[] = [...ctx.links.up()].map((entry) => ({
    peer: entry.key,
    carrier: entry.carrier,
    anchor: entry.anchor,
    sibling: siblings.has(entry.link),
    age: now - entry.provedAt,
    roundTrip: entry.roundTrip,
    ...wires.traffic(entry.link),
  }));
  const networkTime = ctx.time.network(now);
  const counters = Object.fromEntries(driver.counters);
  return {
    nodeId: hex(ctx.self.nodeId),
    uptime: now - startedAt,
    networkTime,
    skew: ctx.time.sure ? Math.round(ctx.time.wall() - networkTime) : ctx.time.doubt,
    timeSure: ctx.time.sure,
    links,
    knownPeers: ctx.table.known(),
    knownAnchors: book.size,
    carried: { ...wires.carried },
    traffic: { ...wires.total },
    cellsKept: holder.cells,
    bytesKept: holder.bytes,
    keptAt: holder.keptAt,
    storing: ctx.self.storing,
    paused: ctx.self.paused,
    limits: { ...ctx.caps },
    anchorShares: mailbox.anchorShares(),
    counters: { ...counters, forwarded: wires.carried.frames },
  };
};
