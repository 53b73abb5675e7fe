/**
 * Who the eight holders of an address are, given who is known (protocol.md §7, Holders). Pure and the same at both ends
 * of a box: class and order follow from signed records and the address alone.
 */
import { hex, nearer } from "../bytes.ts";
import type { Contact } from "../event.ts";
import { Capability } from "../messages.ts";
import type { Core } from "../ports.ts";
import { hostGroups } from "./host-group.ts";

/** A node that may hold. */
export interface Member {
  /** NodeID in hex. */
  readonly key: string;
  readonly contact: Contact;
  readonly anchor: boolean;
  /** Hosts that it stands for, if it is an anchor. */
  readonly groups: readonly string[];
}
/** Nearest first in each class; together at most eight. */
export interface HolderSet {
  readonly anchors: readonly Member[];
  readonly others: readonly Member[];
}

/** Members of each class, and of the whole set. */
const CLASS = 4;
export const SET = 2 * CLASS;

/** undefined for a node that does not store, or only asks. */
export const memberOf = (core: Core, contact: Contact, loopbackExempt: boolean): Member | undefined => {
  const { capabilities } = contact.record;
  if ((capabilities & Capability.store) === 0 || (capabilities & Capability.leaf) !== 0) return undefined;
  const anchor = (capabilities & Capability.anchor) !== 0;
  const groups = anchor ? hostGroups(core, contact.record, loopbackExempt) : [];
  return { key: hex(contact.nodeId), contact, anchor, groups };
};

export const byDistance = (address: Uint8Array, members: Iterable<Member>): Member[] =>
  [...members].sort((a, b) => nearer(address, a.contact.nodeId, b.contact.nodeId));

/** `sorted` by distance. At most one anchor a host; one over that cap stands in the other class. */
export const chooseHolders = (sorted: readonly Member[]): HolderSet => {
  const anchors: Member[] = [];
  const others: Member[] = [];
  const hosts = new Set<string>();
  for (const member of sorted) {
    const isCounted = member.anchor && !member.groups.some((group) => hosts.has(group));
    (isCounted ? anchors : others).push(member);
    if (isCounted) for (const group of member.groups) hosts.add(group);
  }
  const shortAnchors = Math.max(0, CLASS - anchors.length);
  const shortOthers = Math.max(0, CLASS - others.length);
  return { anchors: anchors.slice(0, CLASS + shortOthers), others: others.slice(0, CLASS + shortAnchors) };
};

/** All of a set, one of each class in turn: whoever asks only two asks an anchor and another. */
export const inTurn = ({ anchors, others }: HolderSet): Member[] => {
  const longer = Math.max(anchors.length, others.length);
  return Array.from({ length: longer }, (_, at) => [anchors[at], others[at]])
    .flat()
    .filter((member) => member !== undefined);
};
