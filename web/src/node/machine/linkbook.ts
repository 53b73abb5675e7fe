/**
 * The live links of this node by handle and by peer. Written by the handshake and links machines, read by all.
 * Invariants: 1. at most one entry per NodeID. 2. an entry is `up` once the peer's RECORD was verified.
 */
import { hex } from "../bytes.ts";
import type { Contact } from "../event.ts";
import type { NodeId } from "../messages.ts";
import type { Carrier, LinkHandle } from "../ports.ts";

export interface LinkEntry {
  readonly link: LinkHandle;
  readonly peer: NodeId;
  /** NodeID in hex. */
  readonly key: string;
  readonly edPk: Uint8Array;
  readonly incarnation: bigint;
  readonly carrier: Carrier;
  readonly dialed: boolean;
  readonly attempt: number;
  /** Clocks of one host are one opinion: the URL dialed; where a carrier shows none, the carrier. */
  readonly host: string;
  /** Monotonic ms of the peer's PROOF. */
  readonly provedAt: number;
  /** Dials only, routes nothing. */
  readonly leaf: boolean;
  /** Its record, once verified: then the link is up. */
  contact: Contact | undefined;
  anchor: boolean;
  /** A token was accepted over it: cells may pass, asks do not. */
  trusted: boolean;
  /** The other end asked for it as a sibling, or as its first link into a bucket. */
  needed: boolean;
  /** Pinged at the last wake and not heard since: perhaps it was forgotten while we slept. */
  mute: boolean;
  /** ms of the last pong. */
  roundTrip: number | undefined;
}

export class LinkBook {
  readonly #byLink = new Map<LinkHandle, LinkEntry>();
  readonly #byPeer = new Map<string, LinkEntry>();
  #up = 0;

  add(entry: LinkEntry): void {
    this.#byLink.set(entry.link, entry);
    this.#byPeer.set(entry.key, entry);
  }

  /** The record makes the link an up one; a newer record replaces the older. */
  raise(entry: LinkEntry, contact: Contact): void {
    if (!entry.contact) this.#up += 1;
    entry.contact = contact;
  }

  remove(link: LinkHandle): LinkEntry | undefined {
    const entry = this.#byLink.get(link);
    if (!entry) return undefined;
    this.#byLink.delete(link);
    if (this.#byPeer.get(entry.key) === entry) this.#byPeer.delete(entry.key);
    if (entry.contact) this.#up -= 1;
    return entry;
  }

  get(link: LinkHandle): LinkEntry | undefined {
    return this.#byLink.get(link);
  }

  /** The link to this peer, up or still waiting for its RECORD. */
  proved(peer: NodeId): LinkEntry | undefined {
    return this.#byPeer.get(hex(peer));
  }

  /** The up link to this peer. */
  to(peer: NodeId): LinkEntry | undefined {
    const entry = this.#byPeer.get(hex(peer));
    return entry?.contact ? entry : undefined;
  }

  toKey(key: string): LinkEntry | undefined {
    const entry = this.#byPeer.get(key);
    return entry?.contact ? entry : undefined;
  }

  /** How many are up. */
  get count(): number {
    return this.#up;
  }

  /** Up links, in the order in which they were proved. */
  *up(): Generator<LinkEntry & { contact: Contact }> {
    for (const entry of this.#byLink.values()) if (entry.contact) yield entry as LinkEntry & { contact: Contact };
  }
}
