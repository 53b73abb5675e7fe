/**
 * Our own contact record: signed in network time, sent to every link again at half life ± 25 %, and at once when what
 * it says changes. Also takes the newer records of peers on live links.
 *
 * 1. A record never lives longer than 24 h. 2. STORE is in it only while the store can be read and has room, and the node
 * is neither paused nor told to take nothing. While the index is still being read requests wait, so STORE may stand.
 */
import type { StoreState } from "../api.ts";
import { equal } from "../bytes.ts";
import type { Effect, Input } from "../event.ts";
import { AddressKind, Capability, FrameType } from "../messages.ts";
import { spread } from "./chance.ts";
import { EPOCH_MS, isAnchor, LIFE_MS } from "./contacts.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";

const MINUTE_MS = 60_000;
/** A handshake within this time of the last signature shows the same record. */
const FRESH_MS = 10 * MINUTE_MS;
const TIMER = "record:again";
/** After a read or write that the disk did not answer, this long until cells are taken again. */
const UNREAD = "record:unread";
const UNREAD_MS = 10 * MINUTE_MS;

/** Signs where needed and gives the record that may be shown now. */
export const createSigner = (ctx: Context): { sign: (now: number) => Uint8Array; stale: () => void } => {
  let signedAt = Number.NEGATIVE_INFINITY;
  const sign = (now: number): Uint8Array => {
    const { self, core } = ctx;
    if (now - signedAt < FRESH_MS) return self.record;
    signedAt = now;
    const seq = ctx.own.next(ctx.time.network(now));
    self.record = core.signRecord(self.keys.edSecret, ctx.network, {
      version: 1,
      capabilities: capabilities(ctx),
      edPk: self.edPk,
      nonce: self.keys.nonce,
      period: self.keys.period,
      x25519Pk: self.x25519Pk,
      seq,
      expiry: Math.max(0, Math.floor((seq + LIFE_MS - EPOCH_MS) / MINUTE_MS)), // 0: a clock that was never set
      addresses: self.addresses.map(({ kind, text }) => ({ kind, bytes: core.utf8(text) })),
      sig: new Uint8Array(64),
    });
    return self.record;
  };
  return {
    sign,
    stale: () => {
      signedAt = Number.NEGATIVE_INFINITY;
    },
  };
};

const capabilities = ({ self }: Context): number => {
  const dialable = self.addresses.some(({ kind }) => kind !== AddressKind.stun);
  return (
    (dialable ? Capability.anchor : 0) |
    (self.storing ? Capability.store : 0) |
    (self.addresses.some(({ kind }) => kind === AddressKind.stun) ? Capability.stun : 0) |
    (self.leaf ? Capability.leaf : 0)
  );
};

export const createRecord = (ctx: Context, signer: ReturnType<typeof createSigner>): Machine => {
  const offers = ctx.self.storing;
  let isFull = false;
  let isOffered = true;
  let index: "not yet" | "read" | "failed" = "not yet";
  let isUnread = false;

  const again = (now: number): Effect => ({ type: "arm", timer: TIMER, at: now + spread(ctx.random, LIFE_MS / 2) });

  const broadcast = (now: number): readonly Effect[] => {
    signer.stale();
    const frame = ctx.core.frame(FrameType.record, signer.sign(now));
    const effects: Effect[] = [again(now), { type: "recordSigned" }];
    for (const { link } of ctx.links.up()) effects.push({ type: "transmit", link, frame });
    return effects;
  };

  const storeState = (): StoreState => {
    if (isUnread || index === "failed") return "unreadable";
    if (index === "not yet") return "loading";
    return isFull ? "full" : "ready";
  };

  /** Says at once what is different about storing. */
  const restate = (now: number): readonly Effect[] => {
    const { self } = ctx;
    const state = storeState();
    const told: Effect[] = state === self.store ? [] : [{ type: "emit", event: "store", detail: state }];
    self.store = state;
    const storing = offers && isOffered && !isFull && state !== "unreadable" && !self.paused;
    if (storing === self.storing) return told;
    self.storing = storing;
    return [...told, ...broadcast(now)];
  };

  const heard = (input: Extract<Input, { type: "frame" }>, now: number): readonly Effect[] => {
    const entry = ctx.links.get(input.link);
    const contact = ctx.contacts.check(input.payload, now);
    if (!entry?.contact || !contact || !equal(contact.nodeId, entry.peer)) {
      return [{ type: "count", counter: "refused.record" }];
    }
    if (contact.record.seq < entry.contact.record.seq) return [{ type: "count", counter: "dropped.olderRecord" }];
    ctx.links.raise(entry, contact);
    entry.anchor = isAnchor(contact.record);
    if (!entry.leaf) ctx.table.learn(contact.bytes, now);
    return NOTHING;
  };

  return {
    name: "record",
    hears: ["start", "frame", "storageFull", "ranged", "loaded", "saved", "offer", "limitsChanged", "timeStepped"],
    step(input, now) {
      switch (input.type) {
        case "start":
          signer.sign(now);
          return [again(now)];
        case "frame":
          return input.kind === FrameType.record ? heard(input, now) : NOTHING;
        case "storageFull":
          isFull = input.full;
          if (!isFull || !ctx.self.storing) return restate(now);
          return [...restate(now), { type: "emit", event: "full", detail: undefined }];
        case "ranged":
          // The holder alone reads a range, its index, and reads it again until it has it.
          if (input.failed !== undefined) index = "failed";
          else if (!input.more) index = "read";
          return restate(now);
        case "loaded":
        case "saved":
          if (input.failed !== "storage-broken") return NOTHING;
          isUnread = true;
          return [{ type: "arm", timer: UNREAD, at: now + UNREAD_MS }, ...restate(now)];
        case "offer":
          isOffered = input.on;
          return restate(now);
        case "limitsChanged":
          return restate(now);
        case "timer":
          if (input.timer !== UNREAD) return broadcast(now);
          isUnread = false;
          return restate(now);
        case "timeStepped":
          return broadcast(now);
        default:
          return NOTHING;
      }
    },
  };
};
