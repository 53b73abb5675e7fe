/**
 * Mail while no page is the node: on a push, a sync or a periodic sync the worker fetches what waits and says so with
 * notices. Not here: how it is fetched (pull.ts, place.ts), what notices say (#app/notices.ts).
 */
/// <reference lib="webworker" />
import { showBadge } from "#adapters/badge.ts";
import { consoleLog } from "#adapters/log.ts";
import { Notices } from "#adapters/notices.ts";
import { noticeOfLooking, noticesOf, type Screen } from "#app/notices.ts";
import type { Arrived } from "#chat/driver/chat.ts";
import { build } from "../../web/src/build.ts";
import { workerNetwork } from "./network.ts";
import { type Hands, type Person, placeOf } from "./place.ts";
import { type Outcome, pull } from "./pull.ts";

declare const self: ServiceWorkerGlobalScope;

/** Browsers end an event after 30 s; a few are left for closing in order. Tier 3. */
const TIME_MS = 21_000;

/** A page that is closed says goodbye first. Tier 3. */
const LAST_BREATH_MS = 5_000;

interface Fetched {
  outcome: Outcome;
  /** Notices of chats that were shown. */
  shown: number;
  /** The person wants none. */
  muted: boolean;
  /** Texts that nobody has read. */
  unread: number;
}
const HELD: Fetched = { outcome: "held", shown: 0, muted: false, unread: 0 };

export class Mail {
  readonly #file: (url: string) => Promise<Response>;
  readonly #notices = new Notices(async () => self.registration);
  #before: Promise<unknown> = Promise.resolve();
  #stop: AbortController | undefined;
  /** Pages that came in this worker's life. */
  #pages = 0;

  /** `file` gives a file of the shell. */
  constructor(file: (url: string) => Promise<Response>) {
    this.#file = file;
  }

  /** A page comes: it is the node, and does what was still to be done here. */
  stepDown(): void {
    this.#pages += 1;
    this.#stop?.abort();
  }

  /** Whoever pushes learns nothing, and whoever is looking needs no notice. */
  async push(): Promise<void> {
    const { outcome, shown, muted, unread } = await this.#inTurn(0);
    if (shown > 0 || muted || (await screens()).length > 0) return;
    await this.#notices.show(() => [noticeOfLooking(outcome === "complete", unread)]);
  }
  /** The page that asked for it may be on its way out. False where there is reason to try again. */
  async sync(): Promise<boolean> {
    return (await this.#inTurn(LAST_BREATH_MS)).outcome !== "partial";
  }

  /** One after the other: what comes while mail is fetched may have been too late for it. */
  #inTurn(patience: number): Promise<Fetched> {
    const pages = this.#pages;
    const done = this.#before.then(() => (pages === this.#pages ? this.#fetch(patience) : HELD));
    this.#before = done.catch(() => undefined);
    return done;
  }

  async #fetch(patience: number): Promise<Fetched> {
    const stop = new AbortController();
    this.#stop = stop;
    const timer = setTimeout(() => stop.abort(), TIME_MS);
    const telling: Promise<number>[] = [];
    const end: { person?: Person } = {};
    const hands = {
      file: this.#file,
      arrived: (news: readonly Arrived[], person: Person) => void telling.push(this.#tell(news, person)),
      left: (person: Person) => {
        end.person = person;
        return showBadge(person.unread);
      },
    };
    const outcome = await this.#pull(hands, patience, stop.signal);
    clearTimeout(timer);
    this.#stop = undefined;
    const told = await Promise.allSettled(telling);
    const shown = told.reduce((sum, each) => sum + (each.status === "fulfilled" ? each.value : 0), 0);
    const { prefs, unread = 0 } = end.person ?? {};
    return { outcome, shown, muted: prefs?.notices === false, unread };
  }

  async #pull(hands: Hands, patience: number, stop: AbortSignal): Promise<Outcome> {
    try {
      const outcome = await pull(placeOf(await workerNetwork(), hands, patience), stop);
      consoleLog.event("worker.pulled", { outcome, build });
      return outcome;
    } catch (error) {
      const code = (error as { code?: unknown } | null)?.code;
      consoleLog.event("worker.failed", { code: typeof code === "string" ? code : "unknown", build });
      return "partial";
    }
  }

  async #tell(news: readonly Arrived[], { prefs }: Person): Promise<number> {
    const seen = await screens();
    return this.#notices.show((before) => noticesOf(news, prefs, seen, before));
  }
}

/** Windows that can be seen. Which chat they show, a worker does not know: as if it were all. */
async function screens(): Promise<Screen[]> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return windows.filter((one) => one.visibilityState === "visible").map(() => ({}));
}
