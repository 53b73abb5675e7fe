/**
 * One round of asking the holders of an address: who is in the set now, who was asked, who answered. A member that does
 * not answer leaves the set and the next candidate enters it (protocol.md §7: alive = answered this request).
 *
 * 1. A member is asked at most once a round.
 * 2. The set never holds one that failed or was replaced.
 */
import { chooseHolders, type HolderSet, inTurn, type Member } from "./mailbox-members.ts";

export class Round {
  /** Candidates still in question, nearest first. */
  #candidates: Member[];
  #set: HolderSet | undefined;
  readonly #asked = new Set<string>();
  readonly #answered = new Set<string>();
  /** Answered, out of the set or in it. */
  #heard = 0;

  constructor(sorted: readonly Member[]) {
    this.#candidates = [...sorted];
  }

  get set(): HolderSet {
    this.#set ??= chooseHolders(this.#candidates);
    return this.#set;
  }
  /** Members of the set, one of each class in turn. */
  get members(): Member[] {
    return inTurn(this.set);
  }
  get unasked(): Member[] {
    return this.members.filter(({ key }) => !this.#asked.has(key));
  }
  /** Asked, and neither answered nor failed. */
  get pending(): number {
    return this.#candidates.filter(({ key }) => this.#asked.has(key) && !this.#answered.has(key)).length;
  }
  /** Members of the set that answered. */
  get alive(): number {
    return this.members.filter(({ key }) => this.#answered.has(key)).length;
  }
  get asked(): number {
    return this.#asked.size;
  }
  get heard(): number {
    return this.#heard;
  }

  ask(member: Member): void {
    this.#asked.add(member.key);
  }
  answer(member: Member): void {
    if (this.#answered.has(member.key)) return;
    this.#answered.add(member.key);
    this.#heard += 1;
  }
  /** Did not answer, or not as a holder would: the next candidate takes its place. */
  leave(member: Member): void {
    this.#candidates = this.#candidates.filter(({ key }) => key !== member.key);
    this.#set = undefined;
  }
}
