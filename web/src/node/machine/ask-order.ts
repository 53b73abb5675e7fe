/**
 * Which neighbour carries a request (protocol.md §4 ASK): the same one all day for one address and lane, as each more
 * would learn of it; never a LEAF or a contact's link; the target and its set only where nobody else is left, and last
 * those that were asleep with us and have not answered yet.
 */
import { nearer, u8, u64 } from "../bytes.ts";
import type { NodeId } from "../messages.ts";
import type { LinkEntry } from "./linkbook.ts";
import type { Context } from "./machine.ts";

const DAY_MS = 86_400_000;
const LANE = { put: 0, read: 1, find: 2 } as const;

export interface Wish {
  order: Uint8Array;
  lane: keyof typeof LANE;
  target: NodeId | undefined;
  avoid: readonly NodeId[];
  skip: number;
}

/** All who may carry it, best first. */
export const carriers = (ctx: Context, secret: Uint8Array, wish: Wish, now: number): LinkEntry[] => {
  const eligible = [...ctx.links.up()].filter((entry) => !entry.leaf && !entry.trusted);
  if (eligible.length < 2) return eligible;
  const same = (id: NodeId, entry: LinkEntry): boolean => nearer(id, id, entry.peer) === 0;
  const seed = (lane: keyof typeof LANE): Uint8Array =>
    ctx.core.hash(
      "ask-order",
      secret,
      wish.order,
      u8(LANE[lane]),
      u64(Math.max(0, Math.floor(ctx.time.network(now) / DAY_MS))),
    );
  const rank = new Map<LinkEntry, number>();
  for (const entry of eligible) {
    const isTarget = wish.target !== undefined && same(wish.target, entry);
    rank.set(entry, entry.mute ? 4 : isTarget ? 3 : wish.avoid.some((id) => same(id, entry)) ? 2 : 0);
  }
  const sorted = (key: Uint8Array): LinkEntry[] =>
    [...eligible].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0) || nearer(key, a.peer, b.peer));
  if (wish.lane !== "find") return sorted(seed(wish.lane));
  // A FIND goes through others than the requests that follow from it.
  for (const lane of ["put", "read"] as const) {
    const [first] = sorted(seed(lane));
    if (first && rank.get(first) === 0) rank.set(first, 1);
  }
  const all = sorted(seed("find"));
  const skip = wish.skip % all.length;
  return [...all.slice(skip), ...all.slice(0, skip)];
};
