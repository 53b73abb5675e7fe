/**
 * A message that is being deleted is hidden first and gone after a few seconds, until then it can be had back. What is
 * still queued is deleted at once, as waiting would let it leave; to have it back means to send it again.
 */
import type { App, MessageView } from "#app/api.ts";

/** Long enough to read a line and to reach a button; it stands still while somebody is at that button. */
const UNDO_MS = 5_000;

interface Deletion {
  readonly chat: string;
  readonly message: MessageView;
  readonly queued: boolean;
}

export class Deletions {
  readonly #app: Pick<App, "deleteMessage" | "send">;
  readonly #run: (command: Promise<unknown>) => void;
  readonly #changed: () => void;
  #pending: Deletion | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: Pick<App, "deleteMessage" | "send">, run: (command: Promise<unknown>) => void, changed: () => void) {
    this.#app = app;
    this.#run = run;
    this.#changed = changed;
  }

  /** What can still be had back. */
  get pending(): Deletion | undefined {
    return this.#pending;
  }
  /** The message of a chat that is not shown any more, though it is there. */
  hidden(chat: string): string | undefined {
    return this.#pending?.chat === chat ? this.#pending.message.id : undefined;
  }

  start(chat: string, message: MessageView): void {
    this.finish();
    const queued = message.delivery?.kind === "queued";
    this.#pending = { chat, message, queued };
    if (queued) this.#run(this.#app.deleteMessage(chat, message.id));
    this.hold(false);
    this.#changed();
  }
  undo(): void {
    const pending = this.#end();
    if (pending?.queued) this.#run(this.#app.send(pending.chat, pending.message.text));
  }
  /** It stands: the time is over, another one follows, the chat or the page is left. */
  finish = (): void => {
    const pending = this.#end();
    if (pending && !pending.queued) this.#run(this.#app.deleteMessage(pending.chat, pending.message.id));
  };
  /** The time stands still while somebody is at the button. */
  hold(on: boolean): void {
    clearTimeout(this.#timer);
    if (!on && this.#pending) this.#timer = setTimeout(this.finish, UNDO_MS);
  }

  #end(): Deletion | undefined {
    clearTimeout(this.#timer);
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) this.#changed();
    return pending;
  }
}
