/**
 * Cells from direct links that do not open. To find that out costs up to 2,000 steps of a chain, so a contact has a few
 * tries a minute; whoever used them up is not heard directly until the minute is over, by whatever link.
 */
import type { NodeId } from "#node/ports.ts";
import { toHex } from "../bytes.ts";
import { MINUTE_MS } from "../clock.ts";
import type { Engine } from "./engine.ts";

/** Failed openings in a minute. An honest link has none but after a restore. Tier 3. */
const TRIES = 20;
/** Contacts remembered; the one that failed longest ago is forgotten. */
const REMEMBERED = 1_024;

/** Who answers for a link: its node and, where it is known, the contact, so that a new link is no new budget. */
export function accountsOf(peer: NodeId, chat: string | undefined): string[] {
  return [`node/${toHex(peer)}`, ...(chat === undefined ? [] : [chat])];
}

/** Did it fail too often within the last minute? */
export function isSpent({ clock, failures }: Engine, account: string): boolean {
  const times = failures.get(account) ?? [];
  return times.length >= TRIES && (times[0] ?? 0) > clock.now() - MINUTE_MS;
}

/** One more cell did not open; true where it was the last try. */
export function failed(engine: Engine, account: string): boolean {
  const { clock, failures } = engine;
  const times = [...(failures.get(account) ?? []), clock.now()].slice(-TRIES);
  failures.delete(account);
  failures.set(account, times);
  for (const oldest of failures.keys()) {
    if (failures.size <= REMEMBERED) break;
    failures.delete(oldest);
  }
  return isSpent(engine, account);
}
