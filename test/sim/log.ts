/**
 * What the world writes down of each delivered frame: a running hash of the whole event log (time, hosts, bytes), so that
 * two runs can be compared by one word, and how many hops each message took. Sees the hub only, never the nodes.
 */

import { FrameType } from "#node/messages.ts";
import { ROUTED } from "./crypto.ts";

export class EventLog {
  #one = 0x811c9dc5;
  #other = 0x9747b28c;
  #frames = 0;
  #bytes = 0;

  /** Two 32-bit lanes, a word at a time: a hash of every byte must not cost more than the run itself. */
  add(at: number, from: string, to: string, frame: Uint8Array): void {
    this.#frames++;
    this.#bytes += frame.length;
    this.#word(at);
    this.#text(from);
    this.#text(to);
    const words = new Uint32Array(frame.buffer, frame.byteOffset, frame.length >> 2);
    let one = this.#one;
    let other = this.#other;
    for (let index = 0; index < words.length; index++) {
      const word = words[index] as number;
      one = Math.imul(one ^ word, 0x01000193);
      other = Math.imul((other << 5) ^ (other >>> 27) ^ word, 0x85ebca6b);
    }
    this.#one = one;
    this.#other = other;
    for (let index = frame.length & ~3; index < frame.length; index++) this.#word(frame[index] as number);
  }

  hash(): string {
    const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");
    return hex(this.#one ^ (this.#one >>> 15)) + hex(this.#other ^ (this.#other >>> 13));
  }

  get frames(): number {
    return this.#frames;
  }

  get bytes(): number {
    return this.#bytes;
  }

  #word(word: number): void {
    this.#one = Math.imul(this.#one ^ word, 0x01000193);
    this.#other = Math.imul((this.#other << 5) ^ (this.#other >>> 27) ^ word, 0x85ebca6b);
  }

  #text(text: string): void {
    for (let at = 0; at < text.length; at++) this.#word(text.charCodeAt(at));
  }
}

/** Counts the links that a DATA message crosses, by the id that all its hops carry. */
export class Hops {
  readonly #under = new Map<bigint, number>();
  /** Messages by their number of hops. */
  readonly #arrived: number[] = [];

  add(frame: Uint8Array, here: Uint8Array | undefined): void {
    if (frame[ROUTED.type] !== FrameType.data || !here) return;
    const id = new DataView(frame.buffer, frame.byteOffset).getBigUint64(ROUTED.id);
    const hops = (this.#under.get(id) ?? 0) + 1;
    for (let at = 0; at < here.length; at++) {
      if (here[at] === frame[ROUTED.target + at]) continue;
      this.#under.set(id, hops);
      return;
    }
    this.#under.delete(id);
    this.#arrived[hops] = (this.#arrived[hops] ?? 0) + 1;
  }

  reset(): void {
    this.#under.clear();
    this.#arrived.length = 0;
  }

  mean(): number {
    let messages = 0;
    let hops = 0;
    this.#arrived.forEach((count, of) => {
      messages += count;
      hops += count * of;
    });
    return messages === 0 ? 0 : hops / messages;
  }

  /** The smallest number of hops that this share of the messages did not exceed. */
  quantile(share: number): number {
    const all = this.#arrived.reduce((sum, count) => sum + count, 0);
    let seen = 0;
    for (let hops = 0; hops < this.#arrived.length; hops++) {
      seen += this.#arrived[hops] ?? 0;
      if (seen >= share * all) return hops;
    }
    return 0;
  }
}
