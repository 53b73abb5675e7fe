/**
 * The token of a KNOCK: shows a contact's node that the knocker is the contact, and nobody else anything (protocol.md
 * §11, Online). token = HMAC(HKDF(SK, "knock"), "knock" ∥ dialer NodeID ∥ target NodeID ∥ hour u32), 32 B.
 */
import type { Core, NodeId } from "#node/ports.ts";
import { EMPTY, equal, Writer } from "./bytes.ts";
import { HOUR_MS, hourOf } from "./clock.ts";

export function knockKey(core: Core, sk: Uint8Array): Uint8Array {
  return core.hkdf(EMPTY, sk, "knock", EMPTY, 32);
}

export function knockToken(core: Core, key: Uint8Array, dialer: NodeId, target: NodeId, now: number): Uint8Array {
  return core.hmac(key, "knock", dialer, target, new Writer().u32(hourOf(now)).finish());
}

/** The hours before and after count too: clocks differ, and a KNOCK may have waited. */
export function isToken(
  core: Core,
  key: Uint8Array,
  token: Uint8Array,
  ends: { dialer: NodeId; target: NodeId; now: number },
): boolean {
  const hours = [ends.now, ends.now - HOUR_MS, ends.now + HOUR_MS];
  return hours.some((now) => equal(knockToken(core, key, ends.dialer, ends.target, now), token));
}
