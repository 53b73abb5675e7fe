/** Links above what is wanted: which of them go. Part of maintain, whose invariant 5 this keeps, and of signal, which asks
 * what becomes of the link of a contact that is none any more. */
import type { LinkHandle } from "../ports.ts";
import { place } from "./candidates.ts";
import type { LinkEntry } from "./linkbook.ts";
import type { Context } from "./machine.ts";

const SIBLINGS = 8;
/** Twice the siblings: we may be one of the 8 of whoever is among our 16. */
const NEAR = 2;
const ANCHORS = 2;
/** With fewer links there is no room for 8 siblings and a finger in each bucket. */
const LEAN = 16;
const YOUNG_MS = 60_000;
/** Who came just now is not sent away at once, or it would come again. */
const NEW_MS = 10_000;
/** At most so many in one go. */
const AT_ONCE = 4;

const isLean = ({ limits }: Context): boolean => limits.linksMax < LEAN;
/** Siblings that this node keeps links to: half of what it can have, but the two that make it reachable. */
export const siblingsWanted = (ctx: Context): number =>
  isLean(ctx) ? Math.min(SIBLINGS, Math.max(2, Math.floor(ctx.limits.linksMax / 2))) : SIBLINGS;
/** Anchors that it keeps links to while any is reachable. */
export const anchorsWanted = (ctx: Context): number => (isLean(ctx) ? 1 : ANCHORS);

/** More links than this are kept only where the other end needs them. An anchor is chosen by others and keeps what it
 * can, but an eighth of its places is the way in for whoever knows nobody yet. */
export const comfortable = ({ self, limits: { linksWanted, linksMax } }: Context): number =>
  self.addresses.length > 0 ? linksMax - linksMax / 8 : Math.min(linksMax, linksWanted + Math.max(4, linksWanted / 4));

export const surplus = (ctx: Context, now: number): LinkHandle[] => {
  const { linksMax } = ctx.limits;
  const { paused } = ctx.self;
  const lean = isLean(ctx);
  const most = comfortable(ctx);
  // Where links are that few, those of contacts must not cost the ones through which mail is asked for.
  const count = lean ? ctx.links.count - trusted(ctx) : ctx.links.count;
  const pressed = count > linksMax;
  let over = pressed ? count - linksMax : Math.min(AT_ONCE, count - most);
  if (over <= 0) return [];
  const near = new Set(ctx.table.links(ctx.self.nodeId, siblingsWanted(ctx) * (pressed ? 1 : NEAR), false));
  const gone: LinkHandle[] = [];
  const buckets = new Map<number, LinkEntry[]>();
  let anchors = 0;
  for (const entry of ctx.links.up()) {
    if (entry.anchor) anchors += 1;
    if (entry.anchor && anchors <= anchorsWanted(ctx)) continue;
    if (entry.leaf && paused) gone.push(entry.link);
    if (entry.leaf || entry.trusted || near.has(entry.link)) continue;
    // The other end would only come again, or be cut off from a bucket.
    if (entry.needed && !pressed) continue;
    if (!paused && now - entry.provedAt < (pressed ? NEW_MS : YOUNG_MS)) continue;
    const { bucket } = place(ctx.self.nodeId, entry.peer);
    const others = buckets.get(bucket);
    if (others) others.push(entry);
    else buckets.set(bucket, [entry]);
  }
  over -= gone.length;
  for (; over > 0; over -= 1) {
    let fullest: LinkEntry[] = [];
    for (const entries of buckets.values()) if (entries.length > fullest.length) fullest = entries;
    // The youngest: long-lived peers are likelier to stay. The last of a bucket stays, it leads where no other does,
    // unless there is no room for one of each.
    const entry = fullest.length > 1 || (lean && pressed) ? fullest.pop() : undefined;
    if (!entry) break;
    gone.push(entry.link);
  }
  return gone;
};

/** Would the table keep this link, or soon make it again, if it were no contact's? */
export const serves = (ctx: Context, entry: LinkEntry): boolean => {
  if (entry.anchor || entry.needed || ctx.links.count <= ctx.limits.linksWanted) return true;
  if (ctx.table.links(ctx.self.nodeId, siblingsWanted(ctx) * NEAR, false).includes(entry.link)) return true;
  const bucketOf = ({ peer }: LinkEntry): number => place(ctx.self.nodeId, peer).bucket;
  const others = [...ctx.links.up()].filter((other) => other.link !== entry.link && !other.leaf);
  return !others.some((other) => bucketOf(other) === bucketOf(entry));
};

const trusted = (ctx: Context): number => [...ctx.links.up()].filter((entry) => entry.trusted).length;
