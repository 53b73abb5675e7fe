/**
 * Where the person is: real history entries, so that the back button and gesture work, with the place in the entry's
 * state and never in the address. The address loses its fragment at the first step, as an invite's secret stands there.
 */

/** "restore" stands before the start only. */
type Page = "node" | "privacy" | "restore";
type Sheet =
  | "settings"
  | "invites"
  | "invite"
  | "open-invite"
  | "scan"
  | "message"
  | "backup"
  | "superseded"
  | "delete"
  | "delete-chat"
  | "jump"
  | "shortcuts";

/** A chat or a page fills the main pane; a sheet lies over it, about `item` (an invite, a message or a chat). */
export interface Route {
  readonly chat?: string;
  readonly page?: Page;
  readonly sheet?: Sheet;
  readonly item?: string;
}
interface Entry {
  nodusRoute: Route;
  /** Own entries below this one: how often "back" stays inside the app. */
  depth: number;
}

export class Router {
  readonly #listeners = new Set<() => void>();
  #leaving = false;
  /** The step that was asked for while the browser was still going back: taken at once, it would be gone with that. */
  #next: (() => void) | undefined;

  /** Hears the browser's own buttons as long as somebody listens. Returns the end of it. */
  subscribe(changed: () => void): () => void {
    if (this.#listeners.size === 0) addEventListener("popstate", this.#onPop);
    this.#listeners.add(changed);
    return () => {
      this.#listeners.delete(changed);
      if (this.#listeners.size === 0) removeEventListener("popstate", this.#onPop);
    };
  }

  get route(): Route {
    return this.#entry?.nodusRoute ?? {};
  }

  go(route: Route): void {
    this.#step(() => this.#write({ nodusRoute: route, depth: this.#depth + 1 }, "pushState"));
  }
  replace(route: Route): void {
    this.#step(() => this.#write({ nodusRoute: route, depth: this.#depth }, "replaceState"));
  }
  #step(write: () => void): void {
    if (this.#leaving) this.#next = write;
    else write();
  }

  /** One level up: through the history where the step in was ours, else in place. */
  up(): void {
    if (this.#leaving) return; // a second press before the browser has gone back
    const { chat, page, sheet } = this.route;
    if (this.#depth > 0) {
      this.#leaving = true;
      history.back();
    } else if (sheet !== undefined) this.replace({ ...(chat && { chat }), ...(page && { page }) });
    else this.replace({});
  }

  #onPop = (): void => {
    this.#leaving = false;
    const next = this.#next;
    this.#next = undefined;
    if (next) next();
    else this.#tell();
  };

  #write(entry: Entry, how: "pushState" | "replaceState"): void {
    history[how](entry, "", location.pathname + location.search);
    this.#tell();
  }
  #tell(): void {
    for (const changed of this.#listeners) changed();
  }

  get #entry(): Entry | undefined {
    const state: unknown = history.state;
    return isEntry(state) ? state : undefined;
  }
  get #depth(): number {
    return this.#entry?.depth ?? 0;
  }
}

const isEntry = (state: unknown): state is Entry =>
  typeof state === "object" && state !== null && "nodusRoute" in state;
