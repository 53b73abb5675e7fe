/** Hands what is typed to the app: soon while typing goes on, at once when it may be the last chance. */
import type { App } from "#app/api.ts";

const SOON_MS = 250;

export class Drafts {
  readonly #app: Pick<App, "setDraft">;
  #waiting: { chat: string; text: string } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: Pick<App, "setDraft">) {
    this.#app = app;
  }
  /** Begins to listen for the end of the page. Returns the end of that, which is a last chance as well. */
  watch(): () => void {
    const ended = new AbortController();
    const { signal } = ended;
    // Saving takes moments that a page has before it is left, and no longer once it is; a page that is closed without
    // the first is told by the second, before the app says goodbye.
    addEventListener("beforeunload", this.flush, { signal });
    addEventListener("pagehide", this.flush, { signal, capture: true });
    document.addEventListener("visibilitychange", () => document.hidden && this.flush(), { signal });
    return () => {
      ended.abort();
      this.flush();
    };
  }

  type(chat: string, text: string): void {
    if (this.#waiting?.chat !== chat) this.flush();
    this.#waiting = { chat, text };
    this.#timer ??= setTimeout(this.flush, SOON_MS);
  }
  /** In place of all that was typed. */
  set(chat: string, text: string): void {
    this.type(chat, text);
    this.flush();
  }
  flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.#app.setDraft(waiting.chat, waiting.text);
  };
}
