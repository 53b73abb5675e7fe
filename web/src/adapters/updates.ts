/**
 * New versions of the app, through workbox-window: the new service worker waits until the person wants it, then every
 * tab of the profile begins anew, each after it has saved what was being written. Layer: adapters.
 *
 * Invariants:
 * 1. No tab reloads before its `leave` has resolved; where that fails it stays as it is, and `waiting` stays true.
 * 2. A tab reloads once. The first worker of a profile takes its tabs over without a reload.
 */
import { Workbox } from "workbox-window";
import { unlessRefused } from "./refused.ts";

/** What a tab has to do with it. */
export interface Tab {
  /** `waiting` has changed. */
  changed(): void;
  /** Saves what is being written; rejects where it could not. */
  leave(): Promise<void>;
  reload(): void;
}
/** A tab stays open for days, and looks for a new version so often while it does. Tier 3. */
const CHECK_MS = 3_600_000;

export class Updates {
  readonly #workbox: Workbox;
  readonly #tab: Tab;
  /** A newer version is installed and waits. */
  waiting = false;
  /** There was a worker before: another one is a newer version. */
  #updates = false;
  /** The newer version has taken this tab over, which still runs the old one. */
  #behind = false;
  #leaving: Promise<void> | undefined;

  /** `script`: address of the worker, as the content policy wants it. */
  constructor(script: string, tab: Tab) {
    this.#workbox = new Workbox(script);
    this.#tab = tab;
  }

  /** Undefined where the browser refuses: then the app runs without a shell of its own. */
  async start(): Promise<ServiceWorkerRegistration | undefined> {
    this.#workbox.addEventListener("waiting", () => this.#tell());
    this.#workbox.addEventListener("controlling", () => this.#taken());
    try {
      const registration = await this.#workbox.register();
      this.#updates = Boolean(registration?.active);
      setInterval(() => this.check(), CHECK_MS);
      document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.check());
      return registration;
    } catch {
      return undefined;
    }
  }

  /** Looks for a newer version; without a network nothing happens. */
  check(): void {
    void unlessRefused("update", this.#workbox.update(), undefined);
  }

  /** Rejects where this tab could not save what is being written: nothing has happened then. */
  async apply(): Promise<void> {
    if (!this.waiting) return;
    if (this.#behind) return this.#anew();
    await this.#tab.leave();
    this.#workbox.messageSkipWaiting();
  }

  #taken(): void {
    if (!this.#updates) {
      this.#updates = true;
      return;
    }
    this.#behind = true;
    this.#anew().catch(() => this.#tell());
  }

  #anew(): Promise<void> {
    this.#leaving ??= this.#tab.leave().then(
      () => this.#tab.reload(),
      (error: unknown) => {
        this.#leaving = undefined;
        throw error;
      },
    );
    return this.#leaving;
  }

  #tell(): void {
    this.waiting = true;
    this.#tab.changed();
  }
}
