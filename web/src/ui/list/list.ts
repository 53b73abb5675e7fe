/** The chats, requests apart, and the way to new ones. */
import { html, type PropertyDeclarations, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { ChatView, ReadyState } from "#app/api.ts";
import { chatActs } from "../chat/chat-acts.ts";
import { mark, markStyles } from "../chat/mark.ts";
import { unmarked } from "../chat/markdown.ts";
import { avatar, avatarStyles } from "../kit/avatar.ts";
import { brief, machine } from "../kit/format.ts";
import { icon, sign } from "../kit/icons.ts";
import type { MenuElement } from "../kit/menu.ts";
import { onLongPress, onSwipe, pointAt } from "../kit/press.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { choose } from "../shortcuts.ts";
import { say } from "../words/sentences.ts";
import { acts } from "../words/sentences-acts.ts";
import { cannot } from "../words/sentences-gestures.ts";
import { mine } from "../words/sentences-self.ts";
import { listStyles } from "./list-styles.ts";

/** More would not be read anyway, and would only cost to lay out. */
const PREVIEW = 120; // characters

const isRequest = ({ phase }: ChatView): boolean => phase === "request";
/** Ids in the order in which they are listed: requests first. */
export const listed = (chats: readonly ChatView[]): string[] =>
  [...chats.filter(isRequest), ...chats.filter((chat) => !isRequest(chat))].map(({ id }) => id);

const chatAt = ({ target }: Event): HTMLElement | null => (target as Element).closest<HTMLElement>(".chat");

export class ListElement extends View {
  static override properties: PropertyDeclarations = { ...View.properties, touched: { state: true } };
  static override styles = [kit, avatarStyles, markStyles, listStyles];
  /** The chat that had the focus last. */
  declare touched: string | undefined;
  /** The one chat that the Tab key reaches; arrows lead from there to the others. */
  #current: string | undefined;

  protected override render(): TemplateResult | "" {
    const { ready } = this;
    if (!ready) return "";
    const requests = ready.chats.filter(isRequest);
    const chats = ready.chats.filter((chat) => !isRequest(chat));
    const none = ready.chats.length === 0;
    this.#current = [this.touched, this.ui.router.route.chat, requests[0]?.id, chats[0]?.id].find(
      (id) => id !== undefined && ready.chats.some((chat) => chat.id === id),
    );
    return html`${this.#header(none)}
      <div class="scroll" @keydown=${this.#onKey} @focusin=${this.#onFocus} @focusout=${this.#onBlur}
        @contextmenu=${this.#onContextMenu} @pointerdown=${this.#onPress} @touchstart=${this.#onTouch}>
        <slot></slot>
        ${
          requests.length > 0
            ? html`<section aria-labelledby="requests">
                <h3 id="requests">${say.requests}</h3>
                <p class="hint note">${say.requestsHint}</p>
                ${this.#chats(requests)}
              </section>`
            : ""
        }
        ${chats.length > 0 ? this.#chats(chats) : none ? this.#empty() : ""} ${this.#invites(ready)}
      </div>
      <nodus-menu .label=${acts.chatMenu}></nodus-menu>`;
  }

  /** Without any chat the button for a new invite stands in the middle of the list. */
  #header(none: boolean): TemplateResult {
    const { router } = this.ui;
    const { route } = router;
    const connecting = this.ready?.connection === "connecting";
    return html`<header>
      <h2 class=${connecting ? "cut busy" : "cut"}><span role="status">${connecting ? say.connection("connecting") : ""}</span>${connecting ? "" : say.chats}</h2>
      <button type="button" class="icon" aria-label=${say.openInvite} title=${say.openInvite} @click=${() => router.go({ ...route, sheet: "open-invite" })}>
        ${icon.link()}
      </button>
      <button type="button" class="icon" aria-label=${say.settings} title=${say.settings} @click=${() => router.go({ ...route, sheet: "settings" })}>
        ${icon.settings()}
      </button>
      ${none ? "" : this.#new()}
    </header>`;
  }

  #new(): TemplateResult {
    const { router } = this.ui;
    const go = (): void => router.go({ ...router.route, sheet: "invite" });
    return html`<button type="button" class="primary new" @click=${go}>${icon.plus()}<span class="cut">${say.newInvite}</span></button>`;
  }

  #chats(chats: readonly ChatView[]): TemplateResult {
    return html`<ul>
      ${repeat(
        chats,
        ({ id }) => id,
        (chat) => html`<li>${this.#chat(chat)}</li>`,
      )}
    </ul>`;
  }

  #chat(chat: ChatView): TemplateResult {
    const { id, name, identity, last } = chat;
    const unread = chat.blocked ? 0 : chat.unread;
    const now = this.ui.now();
    const chosen = this.ui.router.route.chat === id;
    return html`<button
      type="button"
      class="chat ${unread > 0 ? "fresh" : ""}"
      data-id=${id}
      aria-current=${chosen ? "true" : "false"}
      tabindex=${id === this.#current ? "0" : "-1"}
      @click=${() => choose(this.ui.router, id)}
    >
      ${avatar(identity, name)}
      <span class="lines">
        <span class="line">
          <span class="name cut"><bdi>${name || say.unnamed}</bdi></span>
          ${last ? html`<time datetime=${machine(last.at)}>${say.date(brief(last.at, now))}</time>` : ""}
        </span>
        <span class="line">
          <span class="last cut">${this.#last(chat)}</span>
          ${last?.mine && last.delivery ? mark(last.delivery, now) : ""}
          ${unread > 0 ? html`<span class="count"><span aria-hidden="true">${say.integer(unread)}</span><span class="unseen">${say.unread(unread)}</span></span>` : ""}
        </span>
      </span>
    </button>`;
  }

  #last({ id, last, phase, draft, blocked, sharedLink }: ChatView): TemplateResult | string {
    if (blocked) return acts.blocked;
    if (draft && this.ui.router.route.chat !== id)
      return html`<em>${say.draft}</em> <bdi>${draft.slice(0, PREVIEW)}</bdi>`;
    if (last) {
      const text = html`<bdi>${unmarked(last.text.slice(0, PREVIEW))}</bdi>`;
      if (sharedLink) return html`<em>${say.sharedShort}</em> ${text}`;
      return last.mine ? html`${say.you} ${text}` : text;
    }
    return phase === "pending" ? say.notAnswered : "";
  }

  #empty(): TemplateResult {
    const { router } = this.ui;
    const restored = this.ready?.restored === true;
    return html`<div class="empty">
      ${sign()}
      <h3>${restored ? mine.restoredTitle : say.emptyTitle}</h3>
      <p class="hint">${restored ? mine.restored : say.empty}</p>
      <div class="row">
        ${this.#new()}
        <button type="button" class="quiet" @click=${() => router.go({ sheet: "open-invite" })}>${say.openInvite}</button>
      </div>
    </div>`;
  }

  /** Invites that still wait, and those that ask for attention. */
  #invites({ invites }: ReadyState): TemplateResult | "" {
    const open = invites.filter(({ state }) => state === "preparing" || state === "ready" || state === "shared").length;
    const twice = invites.some(({ state }) => state === "used-twice" || state === "shared");
    if (open === 0 && !twice) return "";
    const { router } = this.ui;
    return html`<button type="button" class="invites" @click=${() => router.go({ ...router.route, sheet: "invites" })}>
      ${icon.ticket()}
      <span>${twice ? html`<strong>${say.inviteUsedTwice}</strong><br />` : ""}${open > 0 ? say.invitesOpen(open) : ""}</span>
      ${icon.onward()}
    </button>`;
  }

  #onKey = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    const step = steps[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = [...this.renderRoot.querySelectorAll<HTMLElement>(".chat")];
    const at = all.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    event.preventDefault();
    all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
  };

  /** Right click, menu key, long press. */
  #onContextMenu = (event: PointerEvent): void => {
    const item = chatAt(event);
    if (!item) return;
    event.preventDefault();
    const keyed = event.button !== 2 || (event.clientX === 0 && event.clientY === 0);
    this.#menu(item, keyed ? item.getBoundingClientRect() : pointAt(event));
  };
  /** Browsers that have no event of their own for a long press. */
  #onPress = (event: PointerEvent): void => {
    const item = chatAt(event);
    if (item && event.pointerType === "touch") onLongPress(event, () => this.#menu(item, pointAt(event)));
  };
  #onTouch = (event: TouchEvent): void => {
    if (chatAt(event)) onSwipe(event, () => this.ui.tell(cannot.sweep));
  };
  #menu(item: HTMLElement, at: DOMRect): void {
    const chat = this.ready?.chats.find(({ id }) => id === item.dataset["id"]);
    const menu = this.renderRoot.querySelector<MenuElement>("nodus-menu");
    if (!chat || !menu) return;
    const unblock = (): void => void this.ui.run(this.ui.app.unblock(chat.id));
    void menu.open(chatActs(this.ui, chat, unblock), at);
  }

  #onFocus = (event: FocusEvent): void => {
    const id = (event.target as HTMLElement).dataset["id"];
    if (id !== undefined) this.touched = id;
  };
  /** Whoever comes back begins at the chat that is open. */
  #onBlur = (): void => {
    if (this.ui.router.route.chat !== undefined) this.touched = undefined;
  };

  /** What F6 leads to. */
  get region(): HTMLElement | null {
    const { renderRoot } = this;
    return renderRoot.querySelector<HTMLElement>('.chat[tabindex="0"]') ?? renderRoot.querySelector("button");
  }

  /** Back from a chat: reading goes on where it was chosen. */
  arrive(chat: string | undefined): void {
    const item =
      chat === undefined ? null : this.renderRoot.querySelector<HTMLElement>(`.chat[data-id="${CSS.escape(chat)}"]`);
    item?.focus();
  }
}
