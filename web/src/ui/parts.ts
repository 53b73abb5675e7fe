/** Sheets and pages are loaded when they are first opened: none of them is needed to read and to write. */
import { html, type TemplateResult } from "lit";
import type { Ui } from "./kit/view.ts";
import type { Route } from "./router.ts";

interface Part {
  load(): Promise<unknown>;
  draw(ui: Ui, leave: () => void): TemplateResult;
}

const PAGES: Record<NonNullable<Route["page"]>, Part> = {
  node: {
    load: () => import("./node/node-page.ts"),
    draw: (ui) => html`<nodus-node-page .ui=${ui}></nodus-node-page>`,
  },
  privacy: {
    load: () => import("./self/privacy-page.ts"),
    draw: (ui) => html`<nodus-privacy-page .ui=${ui}></nodus-privacy-page>`,
  },
  restore: {
    load: () => import("./self/restore.ts"),
    draw: (ui, leave) => html`<nodus-restore .ui=${ui} @leave=${leave}></nodus-restore>`,
  },
};
const SHEETS: Record<NonNullable<Route["sheet"]>, Part> = {
  settings: {
    load: () => import("./self/settings.ts"),
    draw: (ui, leave) => html`<nodus-settings .ui=${ui} @leave=${leave}></nodus-settings>`,
  },
  invites: {
    load: () => import("./invite/invites.ts"),
    draw: (ui, leave) => html`<nodus-invites .ui=${ui} @leave=${leave}></nodus-invites>`,
  },
  invite: {
    load: () => import("./invite/invites.ts"),
    draw: (ui, leave) => html`<nodus-invite .ui=${ui} @leave=${leave}></nodus-invite>`,
  },
  "open-invite": {
    load: () => import("./invite/open-invite.ts"),
    draw: (ui, leave) => html`<nodus-open-invite .ui=${ui} @leave=${leave}></nodus-open-invite>`,
  },
  scan: {
    load: () => import("./invite/scan.ts"),
    draw: (ui, leave) => html`<nodus-scan .ui=${ui} @leave=${leave}></nodus-scan>`,
  },
  message: {
    load: () => import("./chat/message-sheet.ts"),
    draw: (ui, leave) => html`<nodus-message-sheet .ui=${ui} @leave=${leave}></nodus-message-sheet>`,
  },
  backup: {
    load: () => import("./self/backup.ts"),
    draw: (ui, leave) => html`<nodus-backup .ui=${ui} @leave=${leave}></nodus-backup>`,
  },
  superseded: {
    load: () => import("./self/superseded.ts"),
    draw: (ui, leave) => html`<nodus-superseded .ui=${ui} @leave=${leave}></nodus-superseded>`,
  },
  delete: {
    load: () => import("./self/delete-all.ts"),
    draw: (ui, leave) => html`<nodus-delete-all .ui=${ui} @leave=${leave}></nodus-delete-all>`,
  },
  "delete-chat": {
    load: () => import("./chat/delete-chat.ts"),
    draw: (ui, leave) => html`<nodus-delete-chat .ui=${ui} @leave=${leave}></nodus-delete-chat>`,
  },
  jump: {
    load: () => import("./list/jump-sheet.ts"),
    draw: (ui, leave) => html`<nodus-jump .ui=${ui} @leave=${leave}></nodus-jump>`,
  },
  shortcuts: {
    load: () => import("./shortcuts-sheet.ts"),
    draw: (ui, leave) => html`<nodus-shortcuts .ui=${ui} @leave=${leave}></nodus-shortcuts>`,
  },
};

/** Which parts are here; `changed` is called when one has come or could not be had. */
export class Parts {
  readonly #state = new Map<Part, "loading" | "here" | "failed">();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  page(name: NonNullable<Route["page"]>): Part | "loading" | "failed" {
    return this.#get(PAGES[name]);
  }
  sheet(name: NonNullable<Route["sheet"]>): Part | "loading" | "failed" {
    return this.#get(SHEETS[name]);
  }
  /** What failed is tried again at its next use. */
  forget(): void {
    for (const [part, state] of this.#state) if (state === "failed") this.#state.delete(part);
  }

  #get(part: Part): Part | "loading" | "failed" {
    const state = this.#state.get(part);
    if (state === "here") return part;
    if (state === undefined) {
      this.#state.set(part, "loading");
      part.load().then(
        () => this.#settle(part, "here"),
        () => this.#settle(part, "failed"),
      );
    }
    return state ?? "loading";
  }
  #settle(part: Part, state: "here" | "failed"): void {
    this.#state.set(part, state);
    this.#changed();
  }
}
