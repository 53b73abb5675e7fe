/** Hands what is typed to the app: one save after the other while typing goes on, at once when it may be the last chance. */
import type { App } from "#app/api.ts";

/** The letters of one stroke, or of one paste, go together. */
const SOON_MS = 50;

export class Drafts {
  readonly #app: Pick<App, "setDraft">;
  #waiting: { chat: string; text: string } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The newest that was handed over and is not on the disk. */
  #saving: Promise<void> | undefined;

  constructor(app: Pick<App, "setDraft">) {
    this.#app = app;
  }
  /** Begins to listen for the end of the page. Returns the end of that, which is a last chance as well. */
  watch(): () => void {
    const ended = new AbortController();
    const { signal } = ended;
    // Saving takes moments that a page has before it is left, and no longer once it is.
    addEventListener("beforeunload", this.flush, { signal });
    addEventListener("pagehide", this.flush, { signal, capture: true });
    document.addEventListener("visibilitychange", () => document.hidden && this.flush(), { signal });
    return () => {
      ended.abort();
      this.flush();
    };
  }

  /** Something typed here is on its way: what the app says of this draft may be older. */
  get busy(): boolean {
    return this.#waiting !== undefined || this.#saving !== undefined;
  }
  type(chat: string, text: string): void {
    if (this.#waiting?.chat !== chat) this.flush();
    this.#waiting = { chat, text };
    this.#timer ??= setTimeout(this.#soon, SOON_MS);
  }
  /** In place of all that was typed. */
  set(chat: string, text: string): void {
    this.type(chat, text);
    this.flush();
  }
  /** The chat is left: what is on its way for it says nothing of the next. */
  leave(): void {
    this.flush();
    this.#saving = undefined;
  }
  flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (!waiting) return;
    const saving = this.#app.setDraft(waiting.chat, waiting.text);
    this.#saving = saving;
    const saved = (): void => {
      if (this.#saving !== saving) return;
      this.#saving = undefined;
      if (this.#timer === undefined) this.flush();
    };
    saving.then(saved, saved); // a failure is told by the app as long as it lasts
  };
  #soon = (): void => {
    this.#timer = undefined;
    if (this.#saving === undefined) this.flush();
  };
}
