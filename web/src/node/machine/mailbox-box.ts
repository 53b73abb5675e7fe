/** A box as its owner calls it, and what requests say of it: place, address, signatures. */

import type { Authority, Box } from "../api.ts";
import { equal } from "../bytes.ts";
import { type NodeId, type Place, PlaceKind, type Request, Signer } from "../messages.ts";
import { deleteBytes, isZero, putBytes, readBytes } from "./cells.ts";
import type { MailboxContext } from "./mailbox-desk.ts";

const KEY_BYTES = 32;

/** A box that was checked: `place` is one that the codec takes. */
export interface Opened {
  box: Box;
  place: Place;
  address: Uint8Array;
}

/** undefined for a box that no holder would take: unknown kind, keys of wrong length, pair keys that differ, an inbox
 * with a write key. */
export const openBox = ({ core }: MailboxContext, box: Box): Opened | undefined => {
  const place = placeOf(box);
  return place && { box, place, address: core.address(place) };
};

const placeOf = (box: Box): Place | undefined => {
  if (box.kind === PlaceKind.card) {
    return box.address.length === KEY_BYTES ? { kind: box.kind, address: box.address } : undefined;
  }
  const { kind, day, write, owner } = box;
  if (write.pk.length !== KEY_BYTES || owner.pk.length !== KEY_BYTES) return undefined;
  const isDay = Number.isInteger(day) && day >= 0 && day <= 0xffff;
  const fits =
    (kind === PlaceKind.pair && equal(write.pk, owner.pk) && isDay) ||
    (kind === PlaceKind.inbox && isZero(write.pk) && isDay) ||
    (kind === PlaceKind.invite && day === 0);
  return fits ? { kind, day, writePk: write.pk, ownerPk: owner.pk } : undefined;
};

/** The key of a signer, where the caller holds the box's secret for it. */
export const authorityOf = (box: Box, signer: number): Authority | undefined => {
  if (box.kind === PlaceKind.card) return undefined;
  return signer === Signer.owner ? box.owner : signer === Signer.write ? box.write : undefined;
};

const NO_SIGNATURE = new Uint8Array(64);
export interface Signed {
  signer: number;
  sig: Uint8Array;
}

/** Authority of a PUT, made once for all holders; undefined where the secret is missing. A card has its own, and in an
 * inbox the stamp is all there is: its owner writes there like any stranger. */
export const signPut = (
  context: MailboxContext,
  opened: Opened,
  signer: number,
  hash: Uint8Array,
): Signed | undefined => {
  const { kind } = opened.box;
  if (kind === PlaceKind.card) return { signer: Signer.none, sig: NO_SIGNATURE };
  if (kind === PlaceKind.inbox) return signer === Signer.none ? { signer, sig: NO_SIGNATURE } : undefined;
  const secret = authorityOf(opened.box, signer)?.secret;
  if (secret === undefined) return undefined;
  const sig = context.core.sign(secret, "put", context.network, putBytes(opened.address, hash));
  return { signer, sig };
};

/** Who can sign a read here: the owner, for GET of an invite also its writer; undefined for nobody. */
export const readerOf = (box: Box, op: "list" | "get" | "watch"): number | undefined => {
  if (box.kind === PlaceKind.card) return op === "get" ? Signer.none : undefined;
  if (box.owner.secret !== undefined) return Signer.owner;
  return op === "get" && box.kind === PlaceKind.invite && box.write.secret !== undefined ? Signer.write : undefined;
};

/** Signed for one holder and one moment. */
export const signRead = (
  context: MailboxContext,
  opened: Opened,
  op: "list" | "get" | "watch",
  holder: NodeId,
  innerId: Uint8Array,
  sent: number,
): Signed => {
  const signer = readerOf(opened.box, op) ?? Signer.none;
  const secret = authorityOf(opened.box, signer)?.secret;
  if (secret === undefined) return { signer: Signer.none, sig: NO_SIGNATURE };
  const bytes = readBytes(op, holder, innerId, sent, opened.address);
  return { signer, sig: context.core.sign(secret, "read", context.network, bytes) };
};

/** LIST or WATCH of one holder. */
export const listRequest = (
  context: MailboxContext,
  opened: Opened,
  op: "list" | "watch",
  holder: NodeId,
  innerId: Uint8Array,
  sent: number,
): Request => ({ op, innerId, place: opened.place, sent, ...signRead(context, opened, op, holder, innerId, sent) });

export const signDelete = (
  context: MailboxContext,
  { box, address }: Opened,
  header: Uint8Array,
  reason: number,
): Uint8Array | undefined => {
  const secret = authorityOf(box, Signer.owner)?.secret;
  return secret && context.core.sign(secret, "delete", context.network, deleteBytes(address, header, reason));
};
