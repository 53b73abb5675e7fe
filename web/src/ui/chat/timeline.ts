/**
 * The messages of the open chat, of which only those near the screen are drawn. The scroller runs from the bottom up:
 * the newest stays in view while the composer grows or a keyboard opens, and what is added on top moves nothing.
 */
import { html, type PropertyDeclarations, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import type { ChatView, OpenChat } from "#app/api.ts";
import { avatarStyles } from "../kit/avatar.ts";
import { dayOf } from "../kit/format.ts";
import { icon } from "../kit/icons.ts";
import type { MenuElement } from "../kit/menu.ts";
import { onLongPress, pointAt } from "../kit/press.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { acts } from "../words/sentences-acts.ts";
import { markStyles } from "./mark.ts";
import { asksForSkeleton } from "./markdown.ts";
import { messageActs } from "./message-acts.ts";
import { firstUnread, Rows } from "./rows.ts";
import { TimelineAnchor } from "./timeline-anchor.ts";
import { type RowsContext, rowOf } from "./timeline-rows.ts";
import { timelineStyles } from "./timeline-styles.ts";
import { type Span, TimelineWindow } from "./timeline-window.ts";

/** Within this of the newest message, new ones are followed. */
const NEAR_PX = 80;
/** Older messages are asked for before the top is reached. */
const TOP_PX = 400;
/** Drawn beyond each edge of the screen: more than a turn of the wheel, so that scrolling finds rows and no gap. */
const BEYOND_PX = 900;
/** "Copied" is said for so long. */
const COPIED_MS = 2_000;
/** After a jump to the newest, until what that drew is nothing new any more. */
const QUIET_MS = 300;
/** What is drawn beyond falls below this before the window moves on. */
const SPARE_PX = 350;

export class TimelineElement extends View {
  static override properties: PropertyDeclarations = {
    ...View.properties,
    chat: { attribute: false },
    open: { attribute: false },
    away: { state: true },
    loading: { state: true },
    current: { state: true },
    live: { state: true },
    copied: { state: true },
  };
  static override styles = [kit, avatarStyles, markStyles, timelineStyles];
  declare chat: ChatView;
  declare open: OpenChat;
  /** Scrolled up, away from the newest. */
  declare away: boolean;
  declare loading: boolean;
  /** The message that the Tab key reaches, where it is not the newest. */
  declare current: string | undefined;
  /** What is added is read out: new messages, but not the old ones that scrolling draws. */
  declare live: boolean;
  /** A text was copied a moment ago. */
  declare copied: boolean;
  #copiedTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #rows = new Rows();
  readonly #window = new TimelineWindow();
  readonly #anchor = new TimelineAnchor();
  readonly #sizes = new ResizeObserver((entries) => this.#onSizes(entries));
  readonly #observed = new Set<Element>();
  #span: Span = { from: 0, to: 0, above: 0, below: 0 };
  #unreadFrom: string | undefined;
  /** The newest message that was in view at the bottom. */
  #seen: string | undefined;
  #marking = false;
  /** The line before what is new is still to be brought into view. */
  #seeking = false;
  #begun = false;
  #filled: OpenChat["messages"] | undefined;

  constructor() {
    super();
    this.away = false;
    this.loading = false;
    this.live = true;
    this.copied = false;
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
    clearTimeout(this.#copiedTimer);
    this.#sizes.disconnect();
    this.#observed.clear();
    this.#height = undefined;
  }

  protected override render(): TemplateResult {
    const open = this.#shown();
    const { messages, more } = open;
    const rows = this.#rows.of(open, this.#unreadFrom);
    this.#window.take(rows);
    this.#span = this.#spanAt(this.#lowEdge());
    const drawn = rows.slice(this.#span.from, this.#span.to);
    const context = this.#context(drawn.findLast(({ kind }) => kind === "message")?.id);
    const { chat, lastOwn, current } = context;
    const today = dayOf(context.now).from;
    return html`<div
        class="scroll"
        role="log"
        tabindex="0"
        aria-label=${say.messagesWith(chat.name || say.unnamed)}
        aria-relevant="additions"
        aria-live=${this.live ? "polite" : "off"}
        aria-busy=${this.loading ? "true" : "false"}
        @scroll=${this.#onScroll}
        @keydown=${this.#onKey}
        @contextmenu=${this.#onContextMenu}
        @pointerdown=${this.#onPress}
        @focusin=${this.#onFocus}
      >
        <div class="content">
          ${more ? html`<button type="button" class="older" @click=${this.#older}>${this.loading ? say.loading : say.older}</button>` : ""}
          ${messages.length === 0 ? html`<p class="none hint">${say.noMessages}</p>` : ""}
          <div class="above"></div>
          ${repeat(
            drawn,
            ({ id }) => id,
            (row) =>
              guard([row, row.id === lastOwn, row.id === current, chat.name, today, context.skeleton], () =>
                rowOf(row, context),
              ),
          )}
          <div class="below"></div>
        </div>
      </div>
      ${this.#jump()}
      <p role="status" class=${this.copied ? "said" : "unseen"}>${this.copied ? acts.copied : ""}</p>
      <nodus-menu .label=${acts.messageMenu}></nodus-menu>`;
  }
  /** Without a message that is just being deleted. */
  #shown(): OpenChat {
    const { open } = this;
    const hidden = this.ui.deletions.hidden(open.id);
    if (hidden === undefined) return open;
    if (this.#without?.open !== open || this.#without.hidden !== hidden) {
      const messages = open.messages.filter(({ id }) => id !== hidden);
      this.#without = { open, hidden, shown: { ...open, messages } };
    }
    return this.#without.shown;
  }
  #without: { open: OpenChat; hidden: string; shown: OpenChat } | undefined;

  /** Whether the focus was in a row before what is drawn next. */
  #hadFocus = false;
  protected override willUpdate(): void {
    this.#hadFocus = (this.shadowRoot?.activeElement ?? null) !== null;
  }
  protected override updated(): void {
    const [scroller, content] = [this.#scroller, this.#content];
    if (!scroller || !content) return;
    // A row that went with the focus in it hands it to the scroller, from where the Tab key goes on.
    if (this.#hadFocus && !this.shadowRoot?.activeElement) scroller.focus({ preventScroll: true });
    room(content, ".above", this.#span.above);
    room(content, ".below", this.#span.below);
    this.#begin(scroller);
    if (this.away) {
      this.#anchor.restore(scroller, content);
      this.#anchor.take(scroller, content); // what was held may be drawn no more
    } else this.#seen = this.open.messages.at(-1)?.id;
    this.#observe(scroller, content);
    this.#markRead();
    this.#fill();
  }

  /** More new messages than a screen holds are read from their beginning, and else the newest is where one begins. */
  #begin(scroller: HTMLElement): void {
    const line = scroller.querySelector(".unread");
    if (this.#seeking && line) {
      this.#seeking = false;
      scroller.scrollTop += line.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    }
    const { messages } = this.open;
    if (this.#begun || messages.length === 0 || scroller.clientHeight === 0) return;
    this.#begun = true;
    const below = this.#window.below("unread");
    if (below === undefined || below < scroller.clientHeight) return;
    this.#seeking = true;
    this.away = true;
    this.live = false;
    this.#seen = messages[messages.findIndex(({ id }) => id === this.#unreadFrom) - 1]?.id;
    scroller.scrollTop = scroller.clientHeight - below;
  }

  #context(newest: string | undefined): RowsContext {
    const { ui, chat } = this;
    const { messages } = this.open;
    const held = this.current !== undefined && this.#row(this.current) ? this.current : undefined;
    return {
      chat,
      now: ui.now(),
      lastOwn: messages.findLast(({ mine }) => mine)?.id,
      current: held ?? newest,
      skeleton: messages.some(({ text }) => asksForSkeleton(text)) ? ui.skeleton() : undefined,
      details: (item) => ui.router.go({ ...ui.router.route, sheet: "message", item }),
      retry: (message) => void ui.run(ui.app.retry(chat.id, message)),
      menu: this.#menu,
    };
  }

  #jump(): TemplateResult | "" {
    if (!this.away) return "";
    const at = this.open.messages.findLastIndex(({ id }) => id === this.#seen);
    const fresh = at < 0 ? 0 : this.open.messages.slice(at + 1).filter(({ mine }) => !mine).length;
    return html`<button type="button" class="jump quiet" @click=${this.toNewest}>
      ${icon.down()}<span class=${fresh > 0 ? "" : "unseen"}>${fresh > 0 ? say.newestCount(fresh) : say.newest}</span>
    </button>`;
  }

  toNewest = (): void => {
    this.#scroller?.scrollTo({ top: 0 });
  };

  /** How far the lower edge of the view is above the lower end, in the rows as they are now. */
  #lowEdge(): number {
    const scroller = this.#scroller;
    if (!scroller || !this.away) return 0;
    const held = this.#anchor.held;
    const below = held && this.#window.below(held.id);
    return -scroller.scrollTop + (held && below !== undefined ? below - held.below : 0);
  }
  #spanAt(low: number): Span {
    const height = this.#height ?? this.#scroller?.clientHeight ?? innerHeight;
    const beyond = this.hasUpdated ? BEYOND_PX : 0; // the first drawing is soon, the next frame has the rest
    return this.#window.span(low - beyond, low + height + beyond);
  }
  /** Whether the rows drawn reach far enough beyond the view. */
  #covers(): boolean {
    const scroller = this.#scroller;
    if (!scroller) return true;
    const low = -scroller.scrollTop;
    const { from, to } = this.#window.span(low - SPARE_PX, low + scroller.clientHeight + SPARE_PX);
    return from >= this.#span.from && to <= this.#span.to;
  }

  #onScroll = (): void => {
    const [scroller, content] = [this.#scroller, this.#content];
    if (!scroller || !content) return;
    this.away = -scroller.scrollTop > NEAR_PX;
    if (this.away) this.live = false;
    else if (!this.live) setTimeout(this.#listen, QUIET_MS);
    if (this.away) this.#anchor.take(scroller, content);
    else {
      this.#anchor.release();
      this.#seen = this.open.messages.at(-1)?.id;
    }
    if (!this.#covers()) this.requestUpdate();
    if (scroller.scrollHeight - scroller.clientHeight + scroller.scrollTop < TOP_PX) this.#older();
    this.#markRead();
  };

  #listen = (): void => {
    this.live = !this.away;
  };

  /** px of the view. Kept, since asking in the middle of drawing makes the browser lay out the page once more. */
  #height: number | undefined;
  #observe(scroller: HTMLElement, content: HTMLElement): void {
    if (this.#observed.size === 0) this.#sizes.observe(scroller);
    for (const row of this.#observed) {
      if (row.isConnected) continue;
      this.#sizes.unobserve(row);
      this.#observed.delete(row);
    }
    for (const row of content.querySelectorAll(":scope > [data-row]")) {
      if (this.#observed.has(row)) continue;
      this.#sizes.observe(row);
      this.#observed.add(row);
    }
  }
  #onSizes(entries: readonly ResizeObserverEntry[]): void {
    const [scroller, content] = [this.#scroller, this.#content];
    if (!scroller || !content) return;
    for (const { target, borderBoxSize } of entries) {
      if (target === scroller) this.#height = scroller.clientHeight;
      const { row } = (target as HTMLElement).dataset;
      const height = borderBoxSize[0]?.blockSize;
      if (target.isConnected && row !== undefined && height !== undefined) this.#window.measured(row, height);
    }
    if (this.away) this.#anchor.restore(scroller, content);
    if (!this.#covers()) requestAnimationFrame(() => this.requestUpdate());
  }

  /** A screen that is not full cannot be scrolled up, so it asks by itself. */
  #fill(): void {
    const scroller = this.#scroller;
    if (!this.open.more || !scroller || scroller.clientHeight === 0 || this.#filled === this.open.messages) return;
    if (scroller.scrollHeight > scroller.clientHeight) return;
    this.#filled = this.open.messages; // once for each answer: one that brought nothing is not asked for again
    this.#older();
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

  #menu = (id: string, at: DOMRect): void => {
    const message = this.open.messages.find((each) => each.id === id);
    const menu = this.renderRoot.querySelector<MenuElement>("nodus-menu");
    if (message && menu) void menu.open(messageActs(this.ui, this.chat.id, message, this.#onCopied), at);
  };
  #onCopied = (): void => {
    this.copied = true;
    clearTimeout(this.#copiedTimer);
    this.#copiedTimer = setTimeout(() => {
      this.copied = false;
    }, COPIED_MS);
  };
  /** Right click, menu key, long press. A link and a selection keep the menu of the browser. */
  #onContextMenu = (event: PointerEvent): void => {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>("[data-id]");
    const id = row?.dataset["id"];
    if (id === undefined || !row) return;
    const byMouse = event.button === 2 && event.pointerType !== "touch";
    if (byMouse && (target.closest("a") || String(getSelection()) !== "")) return;
    event.preventDefault();
    const keyed = event.button !== 2 || (event.clientX === 0 && event.clientY === 0);
    const at = keyed ? (row.querySelector(".bubble") ?? row).getBoundingClientRect() : pointAt(event);
    this.#menu(id, at);
  };
  /** Browsers that have no event of their own for a long press. */
  #onPress = (event: PointerEvent): void => {
    const id = (event.target as Element).closest<HTMLElement>("[data-id]")?.dataset["id"];
    if (id === undefined || event.pointerType !== "touch") return;
    onLongPress(event, () => this.#menu(id, pointAt(event)));
  };

  /** From a message to the next one with the arrows; the scroller itself keeps them for scrolling. */
  #onKey = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const row = (event.target as Element).closest<HTMLElement>("[data-id]");
    if (step === 0 || !row || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    let next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    while (next && !next.matches("[data-id]")) next = step > 0 ? next.nextElementSibling : next.previousElementSibling;
    if (!next) return;
    next.scrollIntoView({ block: "nearest" });
    next.querySelector<HTMLElement>(".meta")?.focus({ preventScroll: true });
  };
  #onFocus = (event: FocusEvent): void => {
    const id = (event.target as Element).closest<HTMLElement>("[data-id]")?.dataset["id"];
    if (id !== undefined) this.current = id;
  };

  #row(id: string): HTMLElement | null {
    return this.renderRoot.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }
  get #scroller(): HTMLElement | null {
    return this.renderRoot.querySelector(".scroll");
  }
  get #content(): HTMLElement | null {
    return this.renderRoot.querySelector(".content");
  }
}

function room(content: HTMLElement, selector: string, height: number): void {
  const element = content.querySelector<HTMLElement>(selector);
  if (element) element.style.blockSize = `${height}px`;
}
