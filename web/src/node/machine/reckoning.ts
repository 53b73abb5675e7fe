/** How machines tell what time it is on the wire (protocol.md §0); time.ts keeps it. */
export interface Time {
  /** Network time in ms (protocol.md §0). */
  network(now: number): number;
  /** Own wall clock in ms. */
  wall(): number;
  /** True when own wall clock and network time both say that `at` (ms) is past: for what cannot be undone. */
  past(at: number, now: number): boolean;
  /** False while the network tells of a time more than a day away that is not believed yet: nothing long-lived is signed. */
  readonly sure: boolean;
  /** What own wall clock and that time differ by, ms; only while not sure. */
  readonly doubt: number;
}
