/**
 * What there is once there are chats: the two panes (one below 900 px), the sheet on top, and how places follow the
 * history. Loaded after the first paint, with every element that it needs.
 */
import { css, html, type PropertyValues, type TemplateResult } from "lit";
import type { InvitePreview } from "#app/api.ts";
import { ChatElement } from "./chat/chat.ts";
import { ComposerElement } from "./chat/composer.ts";
import { TimelineElement } from "./chat/timeline.ts";
import { watchDrops } from "./drops.ts";
import { composes } from "./kit/composing.ts";
import { ConfirmElement } from "./kit/confirm.ts";
import { CopyElement } from "./kit/copy.ts";
import { sign } from "./kit/icons.ts";
import { MenuElement } from "./kit/menu.ts";
import { focused, SheetElement } from "./kit/sheet.ts";
import { kit } from "./kit/styles.ts";
import { View } from "./kit/view.ts";
import { ListElement, listed } from "./list/list.ts";
import { Parts } from "./parts.ts";
import type { Route } from "./router.ts";
import { BackupCardElement } from "./self/backup-card.ts";
import { apple, choose, shortcut } from "./shortcuts.ts";
import { say } from "./words/sentences.ts";
import { cannot } from "./words/sentences-gestures.ts";

export class PanesElement extends View {
  static override styles = [
    kit,
    css`
      :host {
        display: block;
        block-size: 100%;
      }
      .panes {
        block-size: 100%;
        display: grid;
        grid-template: minmax(0, 1fr) / minmax(0, 1fr);
        min-block-size: 0;
      }
      nav,
      .pane {
        min-inline-size: 0;
        min-block-size: 0;
      }
      /* Above what one writes, over links that lie above their bubbles, and in the way of nothing. */
      .told {
        position: absolute;
        z-index: 2;
        inset-block-end: 6rem;
        inset-inline: 1rem;
        inline-size: fit-content;
        margin-inline: auto;
        padding: 0.5rem 1rem;
        border-radius: 1rem;
        background: var(--ink);
        color: var(--bg);
        font-size: 0.9375rem;
        text-align: center;
        pointer-events: none;
      }
      .calm {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 0.4rem;
        block-size: 100%;
        padding: 2rem;
        text-align: center;
      }
      .calm .sign {
        inline-size: 3.5rem;
        color: var(--line);
        margin-block-end: 0.5rem;
      }
      @media (max-width: 899px) {
        .in-list .pane,
        .in-main nav {
          display: none;
        }
      }
      @media (min-width: 900px) {
        .panes {
          grid-template-columns: minmax(19rem, 25rem) minmax(0, 1fr);
        }
        nav {
          border-inline-end: 1px solid var(--line);
        }
      }
    `,
  ];
  readonly #parts = new Parts(() => this.requestUpdate());
  /** The place that app and focus already know. */
  #followed: Route = {};
  #hadInvite = false;
  /** The chat to which a used invite has led. */
  #ledTo: string | undefined;
  #endDrops = (): void => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.#onKey);
    this.#endDrops = watchDrops({
      take: (text) => !this.ui.router.route.sheet && (this.#chat?.take(text) ?? false),
      refuse: () => this.ui.tell(cannot.files),
    });
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.#onKey);
    this.#endDrops();
  }

  /** What is being typed goes to the app at once. */
  handOver(): void {
    this.#chat?.handOver();
  }
  get #chat(): ChatElement | null {
    return this.renderRoot.querySelector<ChatElement>("nodus-chat");
  }

  protected override render(): TemplateResult {
    const { ui, ready } = this;
    if (!ready) return html``;
    const { route } = ui.router;
    const inMain = route.chat !== undefined || route.page !== undefined;
    return html`<main class="panes ${inMain ? "in-main" : "in-list"}">
        <h1 class="unseen">${say.product}</h1>
        <nav aria-label=${say.chats}><nodus-list .ui=${ui}><nodus-backup-card .ui=${ui}></nodus-backup-card></nodus-list></nav>
        <div class="pane">${this.#main(route)}</div>
      </main>
      <p role="status" class=${ui.told ? "told" : "unseen"}>${ui.told ?? ""}</p>
      ${this.#sheet(route)}`;
  }

  #main({ chat, page }: Route): TemplateResult {
    if (page !== undefined) {
      const part = this.#parts.page(page);
      if (part === "loading") return html`<p class="calm hint" role="status">${say.loading}</p>`;
      if (part === "failed") return html`<p class="calm" role="alert">${say.partFailed}</p>`;
      return part.draw(this.ui, this.#leave);
    }
    if (chat !== undefined) return html`<nodus-chat .ui=${this.ui}></nodus-chat>`;
    return html`<div class="calm">
      ${sign()} ${this.ready?.chats.length ? html`<h2>${say.nothingOpenTitle}</h2>` : ""}
      <p class="hint">${say.nothingOpen}</p>
    </div>`;
  }

  #sheet({ sheet }: Route): TemplateResult | "" {
    if (sheet === undefined) return "";
    const part = this.#parts.sheet(sheet);
    if (part === "loading") return "";
    if (part === "failed") {
      return html`<nodus-sheet .ui=${this.ui} .label=${say.product} @leave=${this.#leave}><p role="alert">${say.partFailed}</p></nodus-sheet>`;
    }
    return part.draw(this.ui, this.#leave);
  }

  protected override updated(_changed: PropertyValues): void {
    const { ready } = this;
    if (!ready) return;
    const { app, router } = this.ui;
    const { route } = router;
    if (route.chat !== undefined && !ready.chats.some(({ id }) => id === route.chat)) {
      router.replace({}); // declined, or of another time
      return;
    }
    if (route.page === "restore") {
      router.replace({}); // restored: there is a list now
      return;
    }
    this.#openInvite(ready.invite);
    const before = this.#followed;
    this.#followed = route;
    if (route.chat !== before.chat) void this.ui.run(app.openChat(route.chat));
    if ((route.page === "node") !== (before.page === "node")) app.showNode(route.page === "node");
    if (route.sheet === undefined && route.chat !== before.chat) void this.#arrive(route, before);
  }

  /** A link that was opened from outside comes with its own sheet. */
  #openInvite(invite: InvitePreview | undefined): void {
    const { app, router } = this.ui;
    const known = invite?.kind === "known" ? invite.chat : undefined;
    const led = this.#ledTo === known;
    this.#ledTo = known;
    if (known !== undefined) {
      if (led) return;
      app.dismissInvite();
      if (opensInvites(router.route)) router.replace({ chat: known });
      else choose(router, known);
      return;
    }
    const fresh = invite !== undefined && !this.#hadInvite;
    this.#hadInvite = invite !== undefined;
    if (fresh && !opensInvites(router.route)) router.go({ ...router.route, sheet: "open-invite" });
  }

  async #arrive(route: Route, before: Route): Promise<void> {
    await this.updateComplete;
    if (route.chat === undefined) {
      this.renderRoot.querySelector<ListElement>("nodus-list")?.arrive(before.chat);
      return;
    }
    const chat = this.#chat;
    await chat?.updateComplete;
    chat?.arrive();
  }

  #leave = (): void => {
    this.#parts.forget();
    if (opensInvites(this.ui.router.route) && this.ready?.invite) this.ui.app.dismissInvite();
    this.ui.router.up();
  };

  /** Escape leads one level up; a sheet hears of it first, and so does whoever writes a word in composition. */
  #onKey = (event: KeyboardEvent): void => {
    const { router } = this.ui;
    const { route } = router;
    // The browser's own search is the best there is yet.
    if (isFind(event) && route.chat !== undefined && route.sheet === undefined) this.ui.tell(cannot.find);
    if (this.ready && shortcut(event, { router, chats: () => listed(this.ready?.chats ?? []), hop: this.#hop })) return;
    if (event.key !== "Escape" || event.defaultPrevented || composes(event) || route.sheet !== undefined) return;
    if (route.chat !== undefined || route.page !== undefined) this.ui.router.up();
  };

  /** The list, the messages or page, the composer. */
  #hop = (step: 1 | -1): void => {
    const list = this.renderRoot.querySelector<ListElement>("nodus-list");
    const chat = this.#chat;
    const page = this.renderRoot
      .querySelector<HTMLElement>(".pane > *")
      ?.shadowRoot?.querySelector<HTMLElement>("button");
    const regions = [list?.region, ...(chat ? chat.regions : [page])].filter((region) => region?.checkVisibility());
    const at = regions.findIndex((region) => region && within(focused(), region.getRootNode()));
    regions.at(at < 0 ? 0 : (at + step) % regions.length)?.focus();
  };
}

const isFind = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean =>
  key.toLowerCase() === "f" && (apple ? metaKey : ctrlKey) && !altKey && !shiftKey;

/** These sheets follow an invite that is being opened by themselves. */
const opensInvites = ({ sheet }: Route): boolean => sheet === "open-invite" || sheet === "scan";

/** Whether an element stands somewhere below a root, through all shadow roots. */
function within(element: Element | undefined, root: Node): boolean {
  for (let at: Node | undefined = element; at; at = (at.getRootNode() as ShadowRoot).host) {
    if (at.getRootNode() === root) return true;
  }
  return false;
}

const ELEMENTS: Readonly<Record<string, CustomElementConstructor>> = {
  "nodus-backup-card": BackupCardElement,
  "nodus-chat": ChatElement,
  "nodus-composer": ComposerElement,
  "nodus-confirm": ConfirmElement,
  "nodus-copy": CopyElement,
  "nodus-list": ListElement,
  "nodus-menu": MenuElement,
  "nodus-panes": PanesElement,
  "nodus-sheet": SheetElement,
  "nodus-timeline": TimelineElement,
};
for (const [name, element] of Object.entries(ELEMENTS)) customElements.define(name, element);
