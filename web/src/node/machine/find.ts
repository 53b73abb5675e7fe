/**
 * FIND (protocol.md §5): answered from what the table knows, asked in our own name once joined, through a neighbour
 * before. Not here: FINDs for mailbox addresses, which always go through a neighbour (ask.ts).
 *
 * 1. An answer has at most 16 records, our own among them where the filter lets it in.
 * 2. What comes back are candidates; only the answerer itself, where verified, counts as alive.
 */

import type { KnownPeer } from "../api.ts";
import { equal, nearer } from "../bytes.ts";
import type { Contact, Effect, Input } from "../event.ts";
import { Capability, FrameType, type NodeId } from "../messages.ts";
import { contactsIn } from "./ask.ts";
import { isAnchor } from "./contacts.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";

const RECORDS = 16;
/** FINDs of one `find` call, each through another neighbour. */
const PATHS = 3;

interface Search {
  readonly call: number;
  readonly key: Uint8Array;
  readonly found: Map<string, Contact>;
  open: number;
  answered: boolean;
}

export const createFind = (ctx: Context): Machine => {
  const direct = new Set<number>();
  const searches = new Map<number, Search>();

  const matches = (filter: number): boolean => {
    const { self } = ctx;
    if (self.leaf) return false;
    if (filter === 0) return true;
    return self.storing && (filter === 1 || self.addresses.length > 0);
  };

  const serve = (input: Extract<Input, { type: "routedRequest" }>): readonly Effect[] => {
    const decoded = ctx.core.decode("findBody", input.body);
    if (!decoded.ok) return [{ type: "count", counter: "dropped.malformed" }];
    const { key, except, filter } = decoded.value;
    const mine = matches(filter) && !equal(except, ctx.self.nodeId) && ctx.self.record.length > 0;
    const records = ctx.table.closest(key, mine ? RECORDS - 1 : RECORDS, except, filter);
    if (mine) records.push(ctx.self.record);
    const body = ctx.core.encode("records", { records });
    return [
      { type: "count", counter: "finds.answered" },
      { type: "routedReply", origin: input.origin, requestId: input.requestId, body },
    ];
  };

  const findAt = (input: Extract<Input, { type: "findAt" }>): readonly Effect[] => {
    const { ask, target, key, except, filter } = input;
    if (!ctx.self.joined) {
      const through = { type: "askFind", ask, key, except, filter, order: key, skip: 0 } as const;
      return [target ? { ...through, target } : through];
    }
    direct.add(ask);
    const body = ctx.core.encode("findBody", { key, except, filter });
    const exact = target !== undefined;
    return [
      { type: "routedSend", send: ask, kind: FrameType.find, target: target ?? (key as NodeId), exact, body, keep: 0 },
    ];
  };

  const command = (input: Extract<Input, { type: "find" }>): readonly Effect[] => {
    const { call, key, filter } = input;
    const search: Search = { call, key, found: new Map(), open: PATHS, answered: false };
    const except = new Uint8Array(32);
    const effects: Effect[] = [{ type: "count", counter: "lookups" }];
    for (let skip = 0; skip < PATHS; skip += 1) {
      const ask = ctx.serial();
      searches.set(ask, search);
      effects.push({ type: "askFind", ask, key, except, filter, order: key, skip });
    }
    return effects;
  };

  const ended = (ask: number, contacts: readonly Contact[] | undefined): readonly Effect[] => {
    const search = searches.get(ask);
    if (!search) return NOTHING;
    searches.delete(ask);
    search.open -= 1;
    if (contacts) search.answered = true;
    for (const contact of contacts ?? []) search.found.set(contact.nodeId.join(), contact);
    if (search.open > 0) return NOTHING;
    const { call } = search;
    if (!search.answered) {
      return [{ type: "failed", call, code: "unanswered", sentence: "No neighbour answered the search: try again." }];
    }
    const peers: KnownPeer[] = [...search.found.values()]
      .sort((a, b) => nearer(search.key, a.nodeId, b.nodeId))
      .slice(0, RECORDS)
      .map(({ nodeId, record }) => ({
        nodeId,
        x25519Pk: record.x25519Pk,
        anchor: isAnchor(record),
        store: (record.capabilities & Capability.store) !== 0,
      }));
    return [{ type: "done", call, value: peers }];
  };

  return {
    name: "find",
    hears: ["routedRequest", "findAt", "find", "routedAnswer", "routedFailed", "found", "askFailed"],
    step(input, now) {
      switch (input.type) {
        case "routedRequest":
          return input.kind === FrameType.find ? serve(input) : NOTHING;
        case "findAt":
          return findAt(input);
        case "find":
          return command(input);
        case "routedAnswer": {
          if (!direct.delete(input.send)) return NOTHING;
          const contacts = contactsIn(ctx, input.body, now);
          if (!contacts) return [{ type: "askFailed", ask: input.send, reason: "malformed" }];
          return [{ type: "found", ask: input.send, contacts, from: input.origin }];
        }
        case "routedFailed":
          return direct.delete(input.send) ? [{ type: "askFailed", ask: input.send, reason: input.reason }] : NOTHING;
        case "found":
          return ended(input.ask, input.contacts);
        case "askFailed":
          return ended(input.ask, undefined);
        default:
          return NOTHING;
      }
    },
  };
};
