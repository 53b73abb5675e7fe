/**
 * The messages of the open chat. The scroller runs from the bottom up, so that the newest stays in view while the
 * composer grows or a keyboard opens, and older messages can be added on top without a jump.
 */
import { html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from "lit";
import { classMap } from "lit/directives/class-map.js";
import { repeat } from "lit/directives/repeat.js";
import type { ChatView, MessageView, OpenChat } from "#app/api.ts";
import { avatarStyles } from "./avatar.ts";
import { day, machine, time } from "./format.ts";
import { icon } from "./icons.ts";
import { linked } from "./linked.ts";
import { mark, markStyles, wordsOf } from "./mark.ts";
import { firstUnread, type Row, rowsOf } from "./rows.ts";
import { say } from "./sentences.ts";
import { kit } from "./styles.ts";
import { timelineStyles } from "./timeline-styles.ts";
import { View } from "./view.ts";

/** Within this of the newest message, new ones are followed. */
const NEAR_PX = 80;
/** Older messages are asked for before the top is reached. */
const TOP_PX = 400;

export class TimelineElement extends View {
  static override properties: PropertyDeclarations = {
    ...View.properties,
    chat: { attribute: false },
    open: { attribute: false },
    away: { state: true },
    loading: { state: true },
  };
  static override styles = [kit, avatarStyles, markStyles, timelineStyles];
  declare chat: ChatView;
  declare open: OpenChat;
  /** Scrolled up, away from the newest. */
  declare away: boolean;
  declare loading: boolean;
  #unreadFrom: string | undefined;
  /** The newest message that was in view at the bottom. */
  #seen: string | undefined;
  #marking = false;
  #keep: { id: string; top: number } | undefined;

  constructor() {
    super();
    this.away = false;
    this.loading = false;
  }
  override connectedCallback(): void {
    super.connectedCallback();
    this.#unreadFrom = firstUnread(this.open.messages, this.chat.unread);
    addEventListener("focus", this.#markRead);
    document.addEventListener("visibilitychange", this.#markRead);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("focus", this.#markRead);
    document.removeEventListener("visibilitychange", this.#markRead);
  }

  protected override willUpdate(): void {
    this.#keep = this.away ? this.#positionOf(this.#seen) : undefined;
  }
  protected override updated(_changed: PropertyValues): void {
    const [scroller, kept] = [this.#scroller, this.#keep];
    const now = kept && this.#positionOf(kept.id);
    if (scroller && kept && now && now.top !== kept.top) scroller.scrollTop += now.top - kept.top;
    if (!this.away) this.#seen = this.open.messages.at(-1)?.id;
    this.#markRead();
    this.#fill();
  }

  protected override render(): TemplateResult {
    const { messages, more } = this.open;
    const rows = rowsOf(messages, this.#unreadFrom);
    const lastOwn = messages.findLast(({ mine }) => mine)?.id;
    return html`<div
        class="scroll"
        role="log"
        tabindex="0"
        aria-label=${say.messagesWith(this.chat.name || say.unnamed)}
        aria-relevant="additions"
        aria-busy=${this.loading ? "true" : "false"}
        @scroll=${this.#onScroll}
      >
        <div class="content">
          ${more ? html`<button type="button" class="older" @click=${this.#older}>${this.loading ? say.loading : say.older}</button>` : ""}
          ${messages.length === 0 ? html`<p class="none hint">${say.noMessages}</p>` : ""}
          ${repeat(
            rows,
            ({ id }) => id,
            (row) => this.#row(row, lastOwn),
          )}
        </div>
      </div>
      ${this.#jump()}`;
  }

  #row(row: Row, lastOwn: string | undefined): TemplateResult {
    if (row.kind === "day") {
      return html`<p class="day"><time datetime=${machine(row.at)}>${say.date(day(row.at, this.ui.now()))}</time></p>`;
    }
    if (row.kind === "unread") return html`<p class="unread"><span>${say.unreadFrom}</span></p>`;
    return this.#message(row, row.id === lastOwn);
  }

  #message({ message, first, last }: Extract<Row, { kind: "message" }>, newestOwn: boolean): TemplateResult {
    const { mine, text, delivery } = message;
    const classes = { row: true, mine, first, last, [delivery?.kind ?? "in"]: true };
    const author = mine ? say.you : say.from(this.chat.name || say.unnamed);
    return html`<div class=${classMap(classes)} data-id=${message.id}>
      ${first ? html`<span class="unseen">${author}</span>` : ""}
      <div class="bubble">
        <div class="flow" dir="auto">${linked(text)}${this.#meta(message, last, newestOwn)}</div>
      </div>
      ${mine ? this.#label(message, newestOwn) : ""}
    </div>`;
  }

  /** Time and mark; opens the details. Inside a minute only the last bubble says the time. */
  #meta(message: MessageView, last: boolean, labelled: boolean): TemplateResult {
    const { delivery, path } = message;
    const details = (): void => {
      const { route } = this.ui.router;
      this.ui.router.go({ ...route, sheet: "message", item: message.id });
    };
    return html`<button type="button" class=${last || delivery ? "meta" : "meta faint"} @click=${details}>
      <span class="unseen">${say.details}</span>
      ${path === "direct" && last ? html`<span>${say.direct}</span>` : ""}
      ${last ? html`<time datetime=${machine(message.sent)}>${say.date(time(message.sent))}</time>` : ""}
      ${delivery?.kind === "stored" && !labelled ? html`<span aria-hidden="true">${say.storedShort(delivery.held, delivery.of)}</span>` : ""}
      ${delivery ? mark(delivery, this.ui.now(), !labelled) : last ? "" : icon.more()}
    </button>`;
  }

  /** The state in words under the newest own message, and under each that needs the person. */
  #label(message: MessageView, newestOwn: boolean): TemplateResult | "" {
    const { delivery, id } = message;
    if (delivery?.kind === "failed") {
      const retry = (): unknown => this.ui.run(this.ui.app.retry(this.chat.id, id));
      return html`<div class="label failed">
        <span>${say.failed}: ${say.failure(delivery.reason)}</span>
        <button type="button" class="quiet danger" @click=${retry}>${say.retry}</button>
      </div>`;
    }
    return delivery && newestOwn ? html`<div class="label">${wordsOf(delivery, this.ui.now())}</div>` : "";
  }

  #jump(): TemplateResult | "" {
    if (!this.away) return "";
    const at = this.open.messages.findIndex(({ id }) => id === this.#seen);
    const fresh = at < 0 ? 0 : this.open.messages.slice(at + 1).filter(({ mine }) => !mine).length;
    return html`<button type="button" class="jump quiet" @click=${this.toNewest}>
      ${icon.down()}<span class=${fresh > 0 ? "" : "unseen"}>${fresh > 0 ? say.newestCount(fresh) : say.newest}</span>
    </button>`;
  }

  toNewest = (): void => {
    this.#scroller?.scrollTo({ top: 0 });
  };

  #onScroll = (): void => {
    const scroller = this.#scroller;
    if (!scroller) return;
    const away = -scroller.scrollTop > NEAR_PX;
    if (!away) this.#seen = this.open.messages.at(-1)?.id;
    this.away = away;
    if (scroller.scrollHeight - scroller.clientHeight + scroller.scrollTop < TOP_PX) this.#older();
    this.#markRead();
  };

  /** A screen that is not full cannot be scrolled up, so it asks by itself. */
  #fill(): void {
    const scroller = this.#scroller;
    if (scroller && scroller.clientHeight > 0 && scroller.scrollHeight <= scroller.clientHeight) this.#older();
  }
  #older = (): void => {
    if (this.loading || !this.open.more) return;
    this.loading = true;
    void this.ui.run(this.ui.app.loadOlder()).then(() => {
      this.loading = false;
    });
  };

  /** Read is what stood on a screen that somebody looks at; a request gives no sign before it is accepted. */
  #markRead = (): void => {
    if (this.chat.unread === 0 || this.chat.phase === "request" || this.#marking || this.away) return;
    if (document.visibilityState !== "visible" || !document.hasFocus()) return;
    this.#marking = true;
    void this.ui.run(this.ui.app.markRead(this.chat.id)).then(() => {
      this.#marking = false;
    });
  };

  get #scroller(): HTMLElement | null {
    return this.renderRoot.querySelector(".scroll");
  }
  #positionOf(id: string | undefined): { id: string; top: number } | undefined {
    if (id === undefined) return undefined;
    const row = this.renderRoot.querySelector(`[data-id="${CSS.escape(id)}"]`);
    return row ? { id, top: row.getBoundingClientRect().top } : undefined;
  }
}
