/**
 * Closes a popover at a press outside of it, or at the device's own way back. What the browser does for "auto" popovers
 * happens at the end of a press: a menu opened by a right button or a long press would go when that is let go, and the
 * button that opened it would open it anew.
 */
interface Watcher extends EventTarget {
  destroy(): void;
}
/** Not everywhere yet. */
const { CloseWatcher } = globalThis as { CloseWatcher?: new () => Watcher };

export class Outside {
  #ended: AbortController | undefined;
  #press: PointerEvent | undefined;

  watch(popover: HTMLElement, close: () => void): void {
    this.end();
    const ended = new AbortController();
    const { signal } = ended;
    this.#ended = ended;
    const press = (event: PointerEvent): void => {
      if (event.composedPath().includes(popover)) return;
      this.#press = event;
      addEventListener("pointerdown", this.#forget, { capture: true, once: true });
      close();
    };
    addEventListener("pointerdown", press, { capture: true, signal });
    if (!CloseWatcher) return;
    const watcher = new CloseWatcher();
    watcher.addEventListener("close", close, { signal });
    signal.addEventListener("abort", () => watcher.destroy());
  }
  end(): void {
    this.#ended?.abort();
  }

  /** Whether the press that closed it was on the button at `place`, whose click is what comes now. */
  closedFrom(place: DOMRect): boolean {
    const { clientX: x, clientY: y } = this.#press ?? { clientX: Number.NaN, clientY: Number.NaN };
    this.#press = undefined;
    return place.width > 0 && x >= place.left && x <= place.right && y >= place.top && y <= place.bottom;
  }
  #forget = (): void => {
    this.#press = undefined;
  };
}
