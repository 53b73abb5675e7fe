/** How one row of the timeline is drawn: a day, a note, the line before what is new, a bubble with its small print. */
import { html, type TemplateResult } from "lit";
import { classMap } from "lit/directives/class-map.js";
import type { ChatView, MessageView } from "#app/api.ts";
import { day, machine, time } from "../kit/format.ts";
import { icon } from "../kit/icons.ts";
import { say } from "../words/sentences.ts";
import { acts } from "../words/sentences-acts.ts";
import type { Skeleton } from "./goes.ts";
import { mark, wordsOf } from "./mark.ts";
import { isEmojiOnly, markdown } from "./markdown.ts";
import type { MessageRow, Row } from "./rows.ts";

export interface RowsContext {
  readonly chat: ChatView;
  readonly now: number;
  /** The newest own message: its state is said in words below it. */
  readonly lastOwn: string | undefined;
  /** The one message whose buttons the Tab key reaches; arrows lead from there to the others. */
  readonly current: string | undefined;
  /** Tells hosts of links from look-alikes, once it is loaded. */
  readonly skeleton: Skeleton | undefined;
  details(message: string): void;
  retry(message: string): void;
  menu(message: string, at: DOMRect): void;
}

export function rowOf(row: Row, context: RowsContext): TemplateResult {
  switch (row.kind) {
    case "day":
      return html`<p class="day" data-row=${row.id}><time datetime=${machine(row.at)}>${say.date(day(row.at, context.now))}</time></p>`;
    case "note":
      return html`<p class="note" data-row=${row.id}>${say.note(row.note.kind)} <time datetime=${machine(row.note.at)}>${say.date(time(row.note.at))}</time></p>`;
    case "unread":
      return html`<p class="unread" data-row=${row.id}><span>${say.unreadFrom}</span></p>`;
    case "message":
      return bubble(row, context);
  }
}

function bubble({ message, first, last }: MessageRow, context: RowsContext): TemplateResult {
  const { id, mine, text, delivery } = message;
  const newestOwn = id === context.lastOwn;
  const classes = { row: true, mine, first, last, [delivery?.kind ?? "in"]: true };
  const author = mine ? say.you : say.from(context.chat.name || say.unnamed);
  return html`<div class=${classMap(classes)} data-row=${id} data-id=${id}>
    ${first ? html`<span class="unseen">${author}</span>` : ""}
    <div class="line">
      <div class="bubble">
        <div class="flow" dir="auto"><span class=${isEmojiOnly(text) ? "words big" : "words"}>${markdown(text, context.skeleton)}</span>${meta(message, last, newestOwn, context)}</div>
      </div>
      ${more(id, context)}
    </div>
    ${mine ? label(message, newestOwn, context) : ""}
  </div>`;
}

/** For a mouse and for the Tab key; a finger presses long instead. */
function more(id: string, context: RowsContext): TemplateResult {
  const open = (event: Event): void => context.menu(id, (event.currentTarget as Element).getBoundingClientRect());
  return html`<button
    type="button"
    class="icon more"
    aria-label=${acts.more}
    aria-haspopup="menu"
    tabindex=${id === context.current ? "0" : "-1"}
    @click=${open}
  >
    ${icon.more()}
  </button>`;
}

/** Time and mark; opens the details. Inside a minute only the last bubble says the time. */
function meta(message: MessageView, last: boolean, labelled: boolean, context: RowsContext): TemplateResult {
  const { id, delivery, path, sent } = message;
  return html`<button
    type="button"
    class=${last || delivery ? "meta" : "meta faint"}
    tabindex=${id === context.current ? "0" : "-1"}
    @click=${() => context.details(id)}
  >
    <span class="unseen">${say.details}</span>
    ${path === "direct" && last ? html`<span>${say.direct}</span>` : ""}
    ${last ? html`<time datetime=${machine(sent)}>${say.date(time(sent))}</time>` : ""}
    ${delivery?.kind === "stored" && !labelled ? html`<span aria-hidden="true">${say.storedShort(delivery.held, delivery.of)}</span>` : ""}
    ${delivery ? mark(delivery, context.now, !labelled) : last ? "" : icon.more()}
  </button>`;
}

/** The state in words under the newest own message, and under each that needs the person. */
function label({ delivery, id }: MessageView, newestOwn: boolean, context: RowsContext): TemplateResult | "" {
  if (delivery?.kind === "failed") {
    return html`<div class="label failed">
      <span>${say.failedFor(delivery.reason)}</span>
      <button type="button" class="quiet danger" @click=${() => context.retry(id)}>${say.retry}</button>
    </div>`;
  }
  return delivery && newestOwn ? html`<div class="label">${wordsOf(delivery, context.now)}</div>` : "";
}
