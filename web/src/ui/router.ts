/**
 * Where the person is: real history entries, so that the back button and gesture work, with the place in the entry's
 * state and never in the address. The address loses its fragment at the first step, as an invite's secret stands there.
 */

export type Page = "node" | "privacy";
export type Sheet = "settings" | "invites" | "invite" | "open-invite" | "message";

/** A chat or a page fills the main pane; a sheet lies over it, about `item` (an invite or a message). */
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
  #changed: () => void = () => undefined;
  #leaving = false;

  start(changed: () => void): () => void {
    this.#changed = changed;
    addEventListener("popstate", this.#onPop);
    return () => removeEventListener("popstate", this.#onPop);
  }

  get route(): Route {
    return this.#entry?.nodusRoute ?? {};
  }

  go(route: Route): void {
    this.#write({ nodusRoute: route, depth: this.#depth + 1 }, "pushState");
  }
  replace(route: Route): void {
    this.#write({ nodusRoute: route, depth: this.#depth }, "replaceState");
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
    this.#changed();
  };

  #write(entry: Entry, how: "pushState" | "replaceState"): void {
    this.#leaving = false;
    history[how](entry, "", location.pathname + location.search);
    this.#changed();
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
