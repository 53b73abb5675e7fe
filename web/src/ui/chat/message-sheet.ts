/** All that is known of one message, and what can be done with it. */
import { css, html, type TemplateResult } from "lit";
import type { ChatView, Delivery, MessageView } from "#app/api.ts";
import { exact, moment as until } from "../kit/format.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { acts } from "../words/sentences-acts.ts";
import { tell } from "../words/sentences-pages.ts";
import { isStored, mark, markStyles, wordsOf } from "./mark.ts";

class MessageSheetElement extends View {
  static override styles = [
    kit,
    markStyles,
    css`
      .text {
        max-block-size: 9rem;
        overflow-y: auto;
        padding: 0.7rem 0.9rem;
        border-radius: 0.9rem;
        background: var(--hover);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      dl {
        display: grid;
        grid-template-columns: fit-content(40%) minmax(0, 1fr);
        gap: 0.5rem 1rem;
      }
      dt {
        color: var(--soft);
      }
      dd {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        overflow-wrap: anywhere;
      }
      .mark {
        --under-mark: var(--raised);
      }
    `,
  ];

  protected override render(): TemplateResult {
    const { ready } = this;
    const { chat: id, item } = this.ui.router.route;
    const chat = ready?.chats.find((each) => each.id === id);
    const message = ready?.open?.id === id ? ready?.open?.messages.find((each) => each.id === item) : undefined;
    return html`<nodus-sheet .ui=${this.ui} .label=${tell.messageTitle} @leave=${this.#leave}>
      ${chat && message ? this.#details(chat, message) : html`<p>${tell.messageGone}</p>`}
    </nodus-sheet>`;
  }

  #details(chat: ChatView, message: MessageView): TemplateResult {
    const { delivery, text } = message;
    const retry = (): unknown => this.ui.run(this.ui.app.retry(chat.id, message.id));
    return html`<div class="stack">
      <div class="text" dir="auto" tabindex="0">${text}</div>
      <dl>
        ${this.#facts(message).map(([term, fact]) => html`<dt>${term}</dt><dd>${fact}</dd>`)}
      </dl>
      ${delivery && isStored(delivery, this.ui.now()) ? html`<p class="hint">${tell.storedMeaning}</p>` : ""}
      <div class="row">
        ${delivery?.kind === "failed" ? html`<button type="button" class="primary" @click=${retry}>${say.retry}</button>` : ""}
        <nodus-copy .label=${tell.copyText} .text=${text}></nodus-copy>
        <nodus-confirm
          .label=${tell.deleteMessage}
          .question=${question(chat, message)}
          @confirmed=${() => this.#delete(chat.id, message)}
        ></nodus-confirm>
      </div>
    </div>`;
  }

  #facts({ mine, delivery, sent, arrived, path, times }: MessageView): [string, unknown][] {
    const now = this.ui.now();
    const facts: [string, unknown][] = [];
    const moment = (term: string, at: number | undefined): void => {
      if (at !== undefined) facts.push([term, say.date(exact(at))]);
    };
    if (delivery)
      facts.push([tell.status, html`${mark(delivery, now, false)} <span>${statusOf(delivery, now)}</span>`]);
    if (delivery?.kind === "failed") facts.push([tell.reason, say.failure(delivery.reason)]);
    if (delivery && isStored(delivery, now)) {
      facts.push([tell.copies, tell.copiesOf(delivery.held, delivery.of)]);
      facts.push([tell.keptUntil, say.date(until(delivery.until, now))]);
    }
    moment(tell.sentAt, sent);
    if (!mine) moment(tell.arrivedAt, arrived);
    moment(acts.storedAt, times?.stored);
    moment(tell.deliveredAt, times?.delivered ?? (delivery?.kind === "delivered" ? delivery.at : undefined));
    moment(tell.readAt, times?.read ?? (delivery?.kind === "read" ? delivery.at : undefined));
    if (path) facts.push([tell.way, say.path(path)]);
    return facts;
  }

  #delete(chat: string, message: MessageView): void {
    this.#leave();
    this.ui.deletions.start(chat, message);
  }
  #leave = (): void => {
    this.dispatchEvent(new CustomEvent("leave"));
  };
}

/** Copies and times have lines of their own. */
const statusOf = (delivery: Delivery, now: number): string =>
  isStored(delivery, now) ? tell.stored : wordsOf(delivery, now);

function question(chat: ChatView, { mine, delivery }: MessageView): string {
  if (delivery?.kind === "queued") return tell.deleteQueued;
  return mine ? tell.deleteSent(chat.name) : tell.deleteReceived(chat.name);
}
customElements.define("nodus-message-sheet", MessageSheetElement);
