/** Links above what is wanted: which of them go. Part of maintain, whose invariant 5 this keeps. */
import type { LinkHandle } from "../ports.ts";
import { place } from "./candidates.ts";
import type { LinkEntry } from "./linkbook.ts";
import type { Context } from "./machine.ts";

const SIBLINGS = 8;
/** We may be one of the 8 of whoever is among our 16. */
const NEAR = 16;
const ANCHORS = 2;
const YOUNG_MS = 60_000;
/** Who came just now is not sent away at once, or it would come again. */
const NEW_MS = 10_000;
/** At most so many in one go. */
const AT_ONCE = 4;

/** More links than this are kept only where the other end needs them. An anchor is chosen by others and keeps what it
 * can, but an eighth of its places is the way in for whoever knows nobody yet. */
export const comfortable = ({ self, limits: { linksWanted, linksMax } }: Context): number =>
  self.addresses.length > 0 ? linksMax - linksMax / 8 : Math.min(linksMax, linksWanted + Math.max(4, linksWanted / 4));

export const surplus = (ctx: Context, now: number): LinkHandle[] => {
  const { linksMax } = ctx.limits;
  const most = comfortable(ctx);
  const pressed = ctx.links.count > linksMax;
  let over = pressed ? ctx.links.count - linksMax : Math.min(AT_ONCE, ctx.links.count - most);
  if (over <= 0) return [];
  const near = new Set(ctx.table.links(ctx.self.nodeId, pressed ? SIBLINGS : NEAR, false));
  const buckets = new Map<number, LinkEntry[]>();
  let anchors = 0;
  for (const entry of ctx.links.up()) {
    if (entry.anchor) anchors += 1;
    if (entry.anchor && anchors <= ANCHORS) continue;
    if (entry.leaf || entry.trusted || near.has(entry.link)) continue;
    // The other end would only come again, or be cut off from a bucket.
    if (entry.needed && !pressed) continue;
    if (now - entry.provedAt < (pressed ? NEW_MS : YOUNG_MS)) continue;
    const { bucket } = place(ctx.self.nodeId, entry.peer);
    const others = buckets.get(bucket);
    if (others) others.push(entry);
    else buckets.set(bucket, [entry]);
  }
  const gone: LinkHandle[] = [];
  for (; over > 0; over -= 1) {
    let fullest: LinkEntry[] = [];
    for (const entries of buckets.values()) if (entries.length > fullest.length) fullest = entries;
    // The youngest: long-lived peers are likelier to stay. The last of a bucket stays, it leads where no other does.
    const entry = fullest.length > 1 ? fullest.pop() : undefined;
    if (!entry) break;
    gone.push(entry.link);
  }
  return gone;
};
