/**
 * Keeps in place what somebody reads while rows around it come, go and change their height: remembers how far the lowest
 * row in view lies above the lower end of the content, and moves the scroller by what that has become. Independent of
 * where the scroller stands, so it never works against a finger or a wheel.
 */

/** Less is rounding. */
const STILL_PX = 0.5;

export class TimelineAnchor {
  #held: { id: string; below: number } | undefined;

  /** Chooses the lowest row that is wholly in view, or the one that fills the view. */
  take(scroller: HTMLElement, content: HTMLElement): void {
    const low = scroller.getBoundingClientRect().bottom;
    const rows = content.querySelectorAll<HTMLElement>(":scope > [data-row]");
    for (let at = rows.length - 1; at >= 0; at--) {
      const row = rows[at] as HTMLElement;
      const { top, bottom } = row.getBoundingClientRect();
      if (bottom > low + 1 && top > scroller.getBoundingClientRect().top) continue;
      this.#held = { id: row.dataset["row"] ?? "", below: content.getBoundingClientRect().bottom - bottom };
      return;
    }
    this.#held = undefined;
  }
  release(): void {
    this.#held = undefined;
  }
  /** The row held, and how far its lower edge lay above the lower end. */
  get held(): { readonly id: string; readonly below: number } | undefined {
    return this.#held;
  }

  /** After a change: the view goes where the row went. */
  restore(scroller: HTMLElement, content: HTMLElement): void {
    const held = this.#held;
    const row = held && content.querySelector(`:scope > [data-row="${CSS.escape(held.id)}"]`);
    if (!held || !row) return;
    const below = content.getBoundingClientRect().bottom - row.getBoundingClientRect().bottom;
    const moved = below - held.below;
    if (Math.abs(moved) < STILL_PX) return;
    scroller.scrollTop -= moved;
    this.#held = { id: held.id, below };
  }
}
