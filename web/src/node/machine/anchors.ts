/**
 * Dialable nodes (protocol.md §5): told to each other on link-up and every 10 min ± 25 %, kept on disk.
 *
 * 1. At most 64 are known; those we reached ourselves go out first and are given up last.
 * 2. A record is taken in only with a valid signature and work; an expired one serves dialing only and is not told on.
 */
import { equal, hex } from "../bytes.ts";
import type { Contact, Effect, Input } from "../event.ts";
import { FrameType } from "../messages.ts";
import type { LinkHandle } from "../ports.ts";
import { spread } from "./chance.ts";
import { expiryMs, isAnchor } from "./contacts.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";

const KNOWN = 64;
const TOLD = 16;
const GOSSIP_MS = 10 * 60_000;
/** Changes gather so long before they are written. */
const SAVE_MS = 2_000;
/** As many records a key as one message holds. */
const KEYS = Array.from({ length: KNOWN / TOLD }, (_, portion) => `node/anchors/${portion}`);

export interface Anchor {
  contact: Contact;
  /** We had a link to it. */
  reached: boolean;
}

export class AnchorBook {
  readonly #anchors = new Map<string, Anchor>();

  get size(): number {
    return this.#anchors.size;
  }

  values(): IterableIterator<Anchor> {
    return this.#anchors.values();
  }

  /** Takes in a newer record; true where something changed. */
  add(contact: Contact, reached: boolean): boolean {
    const key = hex(contact.nodeId);
    const known = this.#anchors.get(key);
    if (known) {
      const newer = contact.record.seq > known.contact.record.seq;
      if (!newer && (known.reached || !reached)) return false;
      if (newer) known.contact = contact;
      known.reached ||= reached;
      return true;
    }
    if (this.#anchors.size >= KNOWN && !this.#makeRoom(reached)) return false;
    this.#anchors.set(key, { contact, reached });
    return true;
  }

  forget(key: string): void {
    this.#anchors.delete(key);
  }

  /** The oldest hearsay goes for a new one; the oldest reached one only for one that we reached. */
  #makeRoom(reached: boolean): boolean {
    for (const [key, anchor] of this.#anchors) {
      if (anchor.reached) continue;
      this.#anchors.delete(key);
      return true;
    }
    if (!reached) return false;
    for (const key of this.#anchors.keys()) {
      this.#anchors.delete(key);
      break;
    }
    return true;
  }
}

export const createAnchors = (ctx: Context, book: AnchorBook): Machine => {
  const load = ctx.serial();
  let dirty = false;

  const changed = (now: number): Effect[] => {
    if (dirty) return [];
    dirty = true;
    return [{ type: "arm", timer: "anchors:save", at: now + SAVE_MS }];
  };

  const save = (): readonly Effect[] => {
    dirty = false;
    const records = [...book.values()].map(({ contact }) => contact.bytes);
    const changes = KEYS.map((key, portion) => {
      const some = records.slice(portion * TOLD, (portion + 1) * TOLD);
      return { key, value: some.length > 0 ? ctx.core.encode("records", { records: some }) : undefined };
    });
    return [{ type: "save", save: ctx.serial(), changes }];
  };

  const frame = (now: number): Uint8Array | undefined => {
    const time = ctx.time.network(now);
    const records = [...book.values()]
      .filter(({ contact }) => expiryMs(contact.record) > time)
      .sort((a, b) => Number(b.reached) - Number(a.reached))
      .slice(0, TOLD)
      .map(({ contact }) => contact.bytes);
    if (ctx.self.addresses.length > 0) records.splice(0, records.length >= TOLD ? 1 : 0, ctx.self.record);
    if (records.length === 0) return undefined;
    return ctx.core.frame(FrameType.anchors, ctx.core.encode("records", { records }));
  };

  const tell = (links: readonly LinkHandle[], now: number): Effect[] => {
    const told = frame(now);
    return told ? links.map((link) => ({ type: "transmit", link, frame: told })) : [];
  };

  const heard = (payload: Uint8Array, now: number): readonly Effect[] => {
    const decoded = ctx.core.decode("records", payload);
    if (!decoded.ok) return [{ type: "count", counter: "dropped.malformed" }];
    const fresh: Contact[] = [];
    for (const bytes of decoded.value.records.slice(0, TOLD)) {
      const contact = ctx.contacts.check(bytes, now);
      if (!contact || !isAnchor(contact.record)) {
        return [{ type: "count", counter: "refused.record" }, ...told(fresh, now)];
      }
      if (!equal(contact.nodeId, ctx.self.nodeId) && book.add(contact, false)) fresh.push(contact);
    }
    return told(fresh, now);
  };

  const told = (contacts: readonly Contact[], now: number): Effect[] =>
    contacts.length > 0 ? [...changed(now), { type: "anchorsHeard", contacts }] : [];

  const loaded = (values: readonly (Uint8Array | undefined)[]): readonly Effect[] => {
    const contacts: Contact[] = [];
    for (const value of values) {
      const decoded = value && ctx.core.decode("records", value);
      for (const bytes of decoded?.ok ? decoded.value.records : []) {
        const contact = ctx.contacts.verified(bytes);
        if (contact && isAnchor(contact.record) && book.add(contact, false)) contacts.push(contact);
      }
    }
    return contacts.length > 0 ? [{ type: "anchorsHeard", contacts }] : NOTHING;
  };

  const linkUp = (input: Extract<Input, { type: "linkUp" }>, now: number): readonly Effect[] => {
    const effects = tell([input.link], now);
    if (isAnchor(input.contact.record) && book.add(input.contact, true)) effects.push(...changed(now));
    return effects;
  };

  return {
    name: "anchors",
    hears: ["start", "loaded", "linkUp", "frame", "closing"],
    step(input, now) {
      switch (input.type) {
        case "start":
          return [
            { type: "load", load, keys: KEYS },
            { type: "arm", timer: "anchors:gossip", at: now + spread(ctx.random, GOSSIP_MS) },
          ];
        case "loaded":
          return input.load === load ? loaded(input.values) : NOTHING;
        case "linkUp":
          return linkUp(input, now);
        case "frame":
          return input.kind === FrameType.anchors ? heard(input.payload, now) : NOTHING;
        case "closing":
          return dirty ? save() : NOTHING;
        case "timer":
          if (input.timer === "anchors:save") return save();
          return [
            { type: "arm", timer: "anchors:gossip", at: now + spread(ctx.random, GOSSIP_MS) },
            ...tell(
              [...ctx.links.up()].map(({ link }) => link),
              now,
            ),
          ];
        default:
          return NOTHING;
      }
    },
  };
};
