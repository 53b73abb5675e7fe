/** The open chat: who it is with and how they are reached, its messages, and what can be done next. */
import { html, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { ChatView } from "#app/api.ts";
import { avatar, avatarStyles } from "../kit/avatar.ts";
import { icon } from "../kit/icons.ts";
import type { MenuElement } from "../kit/menu.ts";
import { onSwipe } from "../kit/press.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { acts } from "../words/sentences-acts.ts";
import { cannot } from "../words/sentences-gestures.ts";
import { chatActs } from "./chat-acts.ts";
import { chatStyles } from "./chat-styles.ts";
import type { ComposerElement } from "./composer.ts";
import { Drafts } from "./drafts.ts";
import type { TimelineElement } from "./timeline.ts";

export class ChatElement extends View {
  static override styles = [kit, avatarStyles, chatStyles];
  #drafts: Drafts | undefined;
  #unwatch: (() => void) | undefined;
  /** The chat that is shown, and the draft that its composer begins with. */
  #opened: { chat: string | undefined; draft: string } = { chat: undefined, draft: "" };
  /** The draft as the app said it last. */
  #told = "";
  /** The composer gets the focus as soon as it is there. */
  #writes = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#drafts = new Drafts(this.ui.app);
    this.#unwatch = this.#drafts.watch();
    addEventListener("pagehide", this.ui.deletions.finish);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch?.();
    this.#leaveChat();
    removeEventListener("pagehide", this.ui.deletions.finish);
  }
  protected override willUpdate(): void {
    const { chat: id } = this.ui.router.route;
    const { draft = "" } = this.#chat ?? {};
    if (id !== this.#opened.chat) this.#leaveChat();
    else if (this.#field) this.#follow(this.#field, draft);
    if (id !== this.#opened.chat || !this.#field) this.#opened = { chat: id, draft };
    this.#told = draft;
  }
  /** Written in another tab, or here just before the page began anew: shown where nothing was typed since. */
  #follow(field: ComposerElement, draft: string): void {
    if (draft !== this.#told && field.value === this.#told && !this.#drafts?.busy) field.value = draft;
  }
  #leaveChat(): void {
    this.#drafts?.leave();
    this.#writes = false;
    if (this.ui.deletions.pending) queueMicrotask(this.ui.deletions.finish); // not in the middle of drawing
  }
  get #chat(): ChatView | undefined {
    return this.ready?.chats.find(({ id }) => id === this.ui.router.route.chat);
  }

  handOver(): void {
    this.#drafts?.flush();
    this.ui.deletions.finish();
  }

  protected override render(): TemplateResult | "" {
    const { ready } = this;
    const chat = this.#chat;
    if (!ready || !chat) return "";
    const open = ready.open?.id === chat.id ? ready.open : undefined;
    return html`${this.#header(chat)}
      ${
        open
          ? keyed(
              chat.id,
              html`<nodus-timeline .ui=${this.ui} .chat=${chat} .open=${open} @dblclick=${this.#onDoubleClick} @touchstart=${this.#onTouch}></nodus-timeline>`,
            )
          : html`<p class="wait hint">${say.loading}</p>`
      }
      <div class="foot">
        <div role="status">${this.#undo(chat)}</div>
        ${this.#bar(chat)}
        ${chat.phase === "request" || chat.blocked ? "" : keyed(chat.id, this.#composer(chat))}
      </div>`;
  }

  #header(chat: ChatView): TemplateResult {
    return html`<header>
      <button type="button" class="icon back" aria-label=${say.back} @click=${() => this.ui.router.up()}>
        ${icon.back()}
      </button>
      <div class="whom" @click=${this.#menu}>
      ${avatar(chat.identity, chat.name)}
      <div class="who">
        <h2 class="cut" tabindex="-1"><bdi>${chat.name || say.unnamed}</bdi></h2>
        <p class="state cut ${chat.direct && !chat.blocked ? "linked" : ""}">${stateOf(chat, this.ready?.connection === "connecting")}</p>
      </div></div>
      <button type="button" class="icon" aria-label=${acts.chatMenu} aria-haspopup="menu" @click=${this.#menu}>
        ${icon.more()}
      </button>
      <nodus-menu .label=${acts.chatMenu}></nodus-menu>
    </header>`;
  }
  #menu = (event: Event): void => {
    const chat = this.#chat;
    if (!chat) return;
    const at = (event.currentTarget as Element).getBoundingClientRect();
    const items = chatActs(this.ui, chat, () => void this.#unblock(chat));
    void this.renderRoot.querySelector<MenuElement>("nodus-menu")?.open(items, at);
  };

  #undo({ id, name }: ChatView): TemplateResult | "" {
    const { deletions } = this.ui;
    const { pending } = deletions;
    if (pending?.chat !== id) return "";
    const { queued, message } = pending;
    const said = queued ? acts.removedQueued : message.mine ? acts.removedOwn(name) : acts.removedForeign(name);
    const hold = (): void => deletions.hold(true);
    const release = (): void => deletions.hold(false);
    return html`<div class="undo" @mouseenter=${hold} @mouseleave=${release} @focusin=${hold} @focusout=${release}>
      <span>${said}</span>
      <button type="button" @click=${this.#takeBack}>${acts.undo}</button>
    </div>`;
  }
  #takeBack = (): void => {
    this.ui.deletions.undo();
    this.#write();
  };

  #bar(chat: ChatView): TemplateResult | "" {
    const { name } = chat;
    if (chat.blocked) {
      return html`<div class="bar">
        <p>${acts.blockedHint(name)}</p>
        <div class="row"><button type="button" class="quiet" @click=${() => this.#unblock(chat)}>${acts.unblock}</button></div>
      </div>`;
    }
    if (chat.phase === "request") {
      return html`<div class="bar">
        <div><h3>${say.requestTitle(name)}</h3><p class="hint">${say.requestHint}</p></div>
        ${chat.sharedLink === undefined ? "" : html`<p class="warns" role="alert">${say.sharedLink(chat.sharedLink)}</p>`}
        <div class="row">
          <button type="button" class="quiet danger" @click=${() => this.ui.run(this.ui.app.block(chat.id))}>${acts.block}</button>
          <button type="button" class="quiet danger" @click=${() => this.#decline(chat)}>${say.decline}</button>
          ${chat.sharedLink === "accepted" ? this.#askFirst(chat) : html`<button type="button" class="primary" @click=${() => this.#accept(chat)}>${say.accept}</button>`}
        </div>
      </div>`;
    }
    if (chat.inviteFault !== undefined) {
      return html`<p class="bar warns">${say.pendingFault(chat.inviteFault, name)}</p>`;
    }
    return chat.phase === "pending" ? html`<p class="bar hint">${say.pendingHint(name)}</p>` : "";
  }

  #composer({ id }: ChatView): TemplateResult {
    return html`<nodus-composer
      .label=${say.message}
      .value=${this.#opened.draft}
      .limit=${this.ui.app.textLimit}
      @draft=${({ detail }: CustomEvent<string>) => this.#drafts?.type(id, detail)}
      @recall=${this.#recall}
      @focusout=${() => this.#drafts?.flush()}
      @text=${({ detail }: CustomEvent<string>) => this.#send(id, detail)}
    ></nodus-composer>`;
  }

  /** On words it selects one; beside them it answers the message elsewhere. */
  #onDoubleClick = (event: Event): void => {
    if (messageAt(event) && !inner(event)?.closest(".words, button, a")) this.ui.tell(cannot.reply);
  };
  #onTouch = (event: TouchEvent): void => {
    if (messageAt(event)) onSwipe(event, () => this.ui.tell(cannot.reply));
  };
  /** Elsewhere the newest own message is changed so. */
  #recall = (): void => {
    if (this.ready?.open?.messages.some(({ mine }) => mine)) this.ui.tell(cannot.edit);
  };
  async #send(chat: string, text: string): Promise<void> {
    this.renderRoot.querySelector<TimelineElement>("nodus-timeline")?.toNewest();
    const sending = this.ui.run(this.ui.app.send(chat, text));
    this.#drafts?.set(chat, "");
    if (await sending) return;
    // What could not be sent is not lost, and what was written meanwhile stays.
    const composer = this.#opened.chat === chat ? this.#field : undefined;
    const since = composer?.value ?? "";
    if (since !== "") return;
    if (composer) composer.value = text;
    this.#drafts?.set(chat, text);
  }
  #askFirst(chat: ChatView): TemplateResult {
    const anyway = (): Promise<void> => this.#accepting(this.ui.app.acceptRequest(chat.id, true));
    return html`<nodus-confirm .label=${say.acceptAnyway} .question=${say.acceptAsk} @confirmed=${anyway}></nodus-confirm>`;
  }
  #accept({ id }: ChatView): Promise<void> {
    return this.#accepting(this.ui.app.acceptRequest(id));
  }
  async #accepting(accepting: Promise<void>): Promise<void> {
    if (await this.ui.run(accepting)) this.#write();
  }
  async #unblock({ id }: ChatView): Promise<void> {
    if (await this.ui.run(this.ui.app.unblock(id))) this.#write();
  }
  async #decline({ id }: ChatView): Promise<void> {
    if (await this.ui.run(this.ui.app.declineRequest(id))) this.ui.router.up();
  }
  /** The app may say only later that one can write here. */
  #write(): void {
    this.#writes = true;
    this.requestUpdate();
  }
  protected override updated(): void {
    const field = this.#field;
    if (!this.#writes || !field) return;
    this.#writes = false;
    void field.updateComplete.then(() => field.focus());
  }
  get #field(): ComposerElement | undefined {
    return this.renderRoot.querySelector<ComposerElement>("nodus-composer") ?? undefined;
  }

  /** Puts a text into the one that is being written; false where none can be. */
  take(text = ""): boolean {
    const field = this.#field;
    if (text !== "") field?.insert(text);
    return field !== undefined;
  }

  /** What F6 leads to: the messages, and where one writes. */
  get regions(): (HTMLElement | undefined)[] {
    const timeline = this.renderRoot.querySelector<TimelineElement>("nodus-timeline");
    const scroller = timeline?.shadowRoot?.querySelector<HTMLElement>(".scroll");
    const field = this.#field?.shadowRoot?.querySelector("textarea");
    return [scroller ?? undefined, field ?? undefined];
  }

  /** Where reading goes on after a chat was chosen: its composer at a keyboard, its name where one would pop up. */
  arrive(): void {
    const goal =
      matchMedia("(hover: hover)").matches && this.#field ? this.#field : this.renderRoot.querySelector("h2");
    (goal as HTMLElement | null)?.focus();
  }
}

/** What an event is about, behind the root of the timeline. */
function inner(event: Event): Element | undefined {
  const [target] = event.composedPath();
  return target instanceof Element ? target : undefined;
}
const messageAt = (event: Event): boolean => inner(event)?.closest("[data-id]") != null;

function stateOf({ phase, direct, blocked }: ChatView, connecting: boolean): string {
  if (blocked) return acts.blocked;
  if (phase === "request") return say.isRequest;
  if (direct) return say.linkedNow;
  if (connecting) return say.connection("connecting");
  return phase === "pending" ? say.isPending : say.byMailbox;
}
