/**
 * Notices of the system, through the registration of the service worker: page and worker show and clear the same ones.
 * What they say is decided elsewhere (#app/notices.ts). No icon: the browser would ask the host for it first, which tells
 * the host when messages come, and waits for a host that does not answer. Layer: adapters.
 */
export interface ShownNotice {
  tag: string;
  title: string;
  body: string;
  chat?: string;
  count: number;
  silent: boolean;
}
/** What a notice carries, out of anybody's sight. */
interface Carried {
  chat?: string;
  count: number;
}

export class Notices {
  readonly #registration: () => Promise<ServiceWorkerRegistration | undefined>;
  /** A notice counts on from the one that it replaces, so they go one after the other. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(registration: () => Promise<ServiceWorkerRegistration | undefined>) {
    this.#registration = registration;
  }

  /** `make` is told how many texts the notice of a tag stands for. Resolves with how many were shown: none where the
   * person has not allowed them. */
  show(make: (before: (tag: string) => number) => readonly ShownNotice[]): Promise<number> {
    return this.#inTurn(async (registration) => {
      if (Notification.permission !== "granted") return 0;
      const there = await registration.getNotifications();
      const before = (tag: string) => carried(there.find((one) => one.tag === tag)).count;
      const fresh = make(before);
      for (const { tag, title, body, chat, count, silent } of fresh) {
        const data: Carried = { count, ...(chat === undefined ? {} : { chat }) };
        await registration.showNotification(title, { tag, body, silent, data });
      }
      // What belongs to a chat says more than what belongs to none.
      if (fresh.some(({ chat }) => chat !== undefined)) closeAll(there, (one) => carried(one).chat === undefined);
      return fresh.length;
    }, 0);
  }

  /** This chat was read, or without one: the app is looked at. A notice that belongs to no chat has nothing left to say
   * in either case. */
  clear(chat?: string): Promise<void> {
    const over = (one: Notification) => carried(one).chat === undefined || carried(one).chat === chat;
    return this.#inTurn(async (registration) => closeAll(await registration.getNotifications(), over), undefined);
  }
  clearAll(): Promise<void> {
    return this.#inTurn(async (registration) => closeAll(await registration.getNotifications(), () => true), undefined);
  }

  #inTurn<T>(act: (registration: ServiceWorkerRegistration) => Promise<T>, otherwise: T): Promise<T> {
    const done = this.#before.then(async () => {
      const registration = "Notification" in globalThis ? await this.#registration() : undefined;
      return registration === undefined ? otherwise : act(registration);
    });
    this.#before = done.catch(() => undefined);
    return done;
  }
}

/** The chat that a notice is about. */
export function chatOfNotice(notice: Notification): string | undefined {
  return carried(notice).chat;
}

function carried(notice: Notification | undefined): Carried {
  const { chat, count } = (notice?.data ?? {}) as { chat?: unknown; count?: unknown };
  return { count: typeof count === "number" ? count : 0, ...(typeof chat === "string" ? { chat } : {}) };
}
function closeAll(notices: readonly Notification[], which: (notice: Notification) => boolean): void {
  for (const notice of notices) if (which(notice)) notice.close();
}
