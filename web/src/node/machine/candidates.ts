/**
 * Nodes we heard of and might link to: records checked, nothing believed. What failed rests longer each time, so that a
 * dead node that others still tell of is not tried for ever. Sorted by XOR distance to ourselves.
 */
import { hex } from "../bytes.ts";
import type { Contact } from "../event.ts";
import type { NodeId } from "../messages.ts";

/** 512 × ~2 kB; the farthest go first. */
const MOST = 512;
const RESTS_MS = [2_000, 8_000, 30_000, 300_000, 3_600_000] as const;

export interface Candidate {
  contact: Contact;
  readonly key: string;
  /** First 48 bits of the XOR distance: enough to sort, and a number. */
  readonly far: number;
  /** Bits it shares with our id. */
  readonly bucket: number;
  /** The two bits after the first that differs: where in the bucket it lies. */
  readonly corner: number;
  failures: number;
  /** Rests until then, monotonic ms. */
  until: number;
}

export class Candidates {
  readonly #self: NodeId;
  readonly #byKey = new Map<string, Candidate>();
  #sorted: Candidate[] | undefined = [];

  constructor(self: NodeId) {
    this.#self = self;
  }

  add(contact: Contact): Candidate {
    const key = hex(contact.nodeId);
    const known = this.#byKey.get(key);
    if (known) {
      if (contact.record.seq > known.contact.record.seq) {
        known.contact = contact;
        // It signed anew: a sign of life.
        known.failures = Math.min(known.failures, 2);
      }
      return known;
    }
    const { far, bucket, corner } = place(this.#self, contact.nodeId);
    const candidate = { contact, key, far, bucket, corner, failures: 0, until: 0 };
    this.#byKey.set(key, candidate);
    this.#sorted = undefined;
    if (this.#byKey.size > MOST) {
      const last = this.sorted().at(-1);
      if (last) this.delete(last.key);
    }
    return candidate;
  }

  get(key: string): Candidate | undefined {
    return this.#byKey.get(key);
  }

  delete(key: string): void {
    if (this.#byKey.delete(key)) this.#sorted = undefined;
  }

  failed(key: string, now: number, atLeast = 0): void {
    const one = this.#byKey.get(key);
    if (!one) return;
    const rest = RESTS_MS[Math.min(one.failures, RESTS_MS.length - 1)] ?? 0;
    one.failures += 1;
    one.until = now + Math.max(rest, atLeast);
  }

  worked(key: string): void {
    const one = this.#byKey.get(key);
    if (!one) return;
    one.failures = 0;
    one.until = 0;
  }

  /** Worth a try now; its failures still count. */
  revive(key: string): void {
    const one = this.#byKey.get(key);
    if (one) one.until = 0;
  }

  rouse(): void {
    for (const one of this.#byKey.values()) {
      one.failures = 0;
      one.until = 0;
    }
  }

  /** Nearest to us first. */
  sorted(): readonly Candidate[] {
    this.#sorted ??= [...this.#byKey.values()].sort((a, b) => a.far - b.far);
    return this.#sorted;
  }
}

/** Where an id lies as seen from another. */
export const place = (self: Uint8Array, id: Uint8Array): { far: number; bucket: number; corner: number } => {
  let far = 0;
  for (let at = 0; at < 6; at += 1) far = far * 256 + ((self[at] ?? 0) ^ (id[at] ?? 0));
  let bucket = 0;
  while (bucket < 253 && bit(self, bucket) === bit(id, bucket)) bucket += 1;
  return { far, bucket, corner: bit(id, bucket + 1) * 2 + bit(id, bucket + 2) };
};

const bit = (id: Uint8Array, at: number): number => ((id[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;

/** A key in the bucket and corner, otherwise as the random bytes say. */
export const keyIn = (self: Uint8Array, bucket: number, corner: number, random: Uint8Array): Uint8Array => {
  const key = random.slice();
  const set = (at: number, value: number): void => {
    const mask = 1 << (7 - (at & 7));
    key[at >> 3] = value ? (key[at >> 3] ?? 0) | mask : (key[at >> 3] ?? 0) & ~mask;
  };
  for (let at = 0; at < bucket; at += 1) set(at, bit(self, at));
  set(bucket, 1 - bit(self, bucket));
  set(bucket + 1, corner >> 1);
  set(bucket + 2, corner & 1);
  return key;
};
