/**
 * Checks contact records of others and remembers the last ones, because the same record comes by many paths and a
 * signature costs ~100 µs. Rules (protocol.md §2, tier 2): signed ≤ 10 min ahead, not expired, life ≤ 24 h, addresses
 * if and only if ANCHOR; a STUN server that is no host:port is left out.
 */
import { equal, hex } from "../bytes.ts";
import type { Contact } from "../event.ts";
import { stunServer } from "../host.ts";
import { type Address, AddressKind, Capability, type ContactRecord, type NodeId } from "../messages.ts";
import type { Core } from "../ports.ts";
import type { OwnRecords } from "./own-records.ts";
import type { Time } from "./reckoning.ts";

/** 2026-01-01T00Z, the zero of every date on the wire that is not in ms. */
export const EPOCH_MS = 1_767_225_600_000;
const MINUTE_MS = 60_000;
/** Two honest clocks may each be 5 min off. */
export const AHEAD_MS = 10 * MINUTE_MS;
export const LIFE_MS = 24 * 60 * MINUTE_MS;
/** 1,024 × ~1.5 kB. */
const REMEMBERED = 1_024;

export const expiryMs = (record: ContactRecord): number => EPOCH_MS + record.expiry * MINUTE_MS;
export const isAnchor = (record: ContactRecord): boolean => (record.capabilities & Capability.anchor) !== 0;
export const isLeaf = (record: ContactRecord): boolean => (record.capabilities & Capability.leaf) !== 0;
/** WebSocket URLs as bytes. */
export const webSockets = (record: ContactRecord): Uint8Array[] =>
  record.addresses.filter((address) => address.kind === AddressKind.websocket).map((address) => address.bytes);

export class Contacts {
  readonly #core: Core;
  readonly #network: Uint8Array;
  readonly #bits: number;
  readonly #time: Time;
  readonly #self: NodeId;
  readonly #own: OwnRecords;
  readonly #checked = new Map<string, Contact>();

  constructor(core: Core, network: Uint8Array, bits: number, time: Time, self: NodeId, own: OwnRecords) {
    this.#core = core;
    this.#network = network;
    this.#bits = bits;
    this.#time = time;
    this.#self = self;
    this.#own = own;
  }

  /** The contact that this record proves, or undefined where any rule is broken now. */
  check(bytes: Uint8Array, now: number): Contact | undefined {
    const contact = this.verified(bytes);
    if (!contact || !this.#timely(contact.record, now)) return undefined;
    if (equal(contact.nodeId, this.#self)) this.#own.saw(contact.record.seq);
    return contact;
  }

  /** As `check` but for its times: an expired record still names an anchor to dial. */
  verified(bytes: Uint8Array): Contact | undefined {
    // The signature is the record's last field; its first half tells records apart, the comparison proves it.
    const key = hex(bytes.subarray(bytes.length - 64, bytes.length - 32));
    const known = this.#checked.get(key);
    if (known && equal(known.bytes, bytes)) return known;
    const checked = this.#core.checkRecord(this.#network, this.#bits, bytes);
    if (!checked.ok) return undefined;
    const { record, nodeId } = checked.value;
    if (isAnchor(record) !== record.addresses.some((address) => address.kind !== AddressKind.stun)) return undefined;
    // Left out here, so that nobody meets it; the record itself stays as it was signed.
    const addresses = record.addresses.filter((address) => this.#isReadable(address));
    const contact = { nodeId, record: { ...record, addresses }, bytes: bytes.slice() };
    if (this.#checked.size >= REMEMBERED) {
      for (const oldest of this.#checked.keys()) {
        this.#checked.delete(oldest);
        break;
      }
    }
    this.#checked.set(key, contact);
    return contact;
  }

  #isReadable({ kind, bytes }: Address): boolean {
    return kind !== AddressKind.stun || stunServer(this.#core.text(bytes) ?? "") !== undefined;
  }
  #timely(record: ContactRecord, now: number): boolean {
    const time = this.#time.network(now);
    const end = expiryMs(record);
    return record.seq <= time + AHEAD_MS && end > time && end - record.seq <= LIFE_MS + MINUTE_MS;
  }
}
