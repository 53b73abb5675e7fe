/** The open chat: who it is with and how they are reached, its messages, and what can be done next. */
import { css, html, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { ChatView } from "#app/api.ts";
import { avatar, avatarStyles } from "./avatar.ts";
import type { ComposerElement } from "./composer.ts";
import { icon } from "./icons.ts";
import { say } from "./sentences.ts";
import { kit } from "./styles.ts";
import type { TimelineElement } from "./timeline.ts";
import { View } from "./view.ts";

export class ChatElement extends View {
  static override styles = [
    kit,
    avatarStyles,
    css`
      :host {
        display: grid;
        grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
        block-size: 100%;
        min-inline-size: 0;
      }
      header {
        display: flex;
        align-items: center;
        gap: 0.7rem;
        min-block-size: 3.75rem;
        padding: 0.35rem clamp(0.4rem, 2vw, 1.25rem);
        border-block-end: 1px solid var(--line);
        background: var(--surface);
      }
      .who {
        min-inline-size: 0;
      }
      h2:focus {
        outline: none;
      }
      .state {
        font-size: 0.8125rem;
        color: var(--soft);
      }
      .state.linked {
        color: var(--accent);
      }
      .foot {
        display: grid;
        gap: 0.5rem;
        inline-size: 100%;
        max-inline-size: 52rem;
        margin-inline: auto;
        padding: 0.4rem clamp(0.6rem, 3vw, 1.75rem) max(0.7rem, env(safe-area-inset-bottom));
      }
      .bar {
        display: grid;
        gap: 0.6rem;
        padding: 0.75rem 1rem;
        border: 1px solid var(--line);
        border-radius: 1rem;
        background: var(--surface);
        font-size: 0.9375rem;
      }
      .bar .row {
        justify-content: flex-end;
      }
      .bar.warns {
        border-color: transparent;
        background: var(--warn-bg);
        color: var(--warn-ink);
      }
      .wait {
        align-self: center;
        justify-self: center;
      }
      @media (min-width: 900px) {
        button.back {
          display: none;
        }
        header {
          padding-inline: 1.25rem;
        }
      }
    `,
  ];

  protected override render(): TemplateResult | "" {
    const ready = this.ready;
    const chat = ready?.chats.find(({ id }) => id === this.ui.router.route.chat);
    if (!ready || !chat) return "";
    const name = chat.name || say.unnamed;
    const open = ready.open?.id === chat.id ? ready.open : undefined;
    return html`<header>
        <button type="button" class="icon back" aria-label=${say.back} @click=${() => this.ui.router.up()}>
          ${icon.back()}
        </button>
        ${avatar(chat.id, chat.name)}
        <div class="who">
          <h2 class="cut" tabindex="-1"><bdi>${name}</bdi></h2>
          <p class="state ${chat.direct ? "linked" : ""}">${stateOf(chat)}</p>
        </div>
      </header>
      ${
        open
          ? keyed(chat.id, html`<nodus-timeline .ui=${this.ui} .chat=${chat} .open=${open}></nodus-timeline>`)
          : html`<p class="wait hint">${say.loading}</p>`
      }
      <div class="foot">${this.#bar(chat, name)}${chat.phase === "request" ? "" : keyed(chat.id, this.#composer(chat))}</div>`;
  }

  #bar(chat: ChatView, name: string): TemplateResult | "" {
    if (chat.phase === "request") {
      return html`<div class="bar">
        <div><h3>${say.requestTitle(name)}</h3><p class="hint">${say.requestHint}</p></div>
        <div class="row">
          <button type="button" class="quiet danger" @click=${() => this.#decline(chat)}>${say.decline}</button>
          <button type="button" class="primary" @click=${() => this.#accept(chat)}>${say.accept}</button>
        </div>
      </div>`;
    }
    if (chat.inviteFault !== undefined) {
      return html`<p class="bar warns">${say.pendingFault(chat.inviteFault, name)}</p>`;
    }
    return chat.phase === "pending" ? html`<p class="bar hint">${say.pendingHint(name)}</p>` : "";
  }

  #composer(chat: ChatView): TemplateResult {
    const { app, drafts } = this.ui;
    return html`<nodus-composer
      .label=${say.message}
      .value=${drafts.get(chat.id) ?? ""}
      .limit=${app.textLimit}
      @draft=${({ detail }: CustomEvent<string>) => {
        if (detail === "") drafts.delete(chat.id);
        else drafts.set(chat.id, detail);
      }}
      @text=${({ detail }: CustomEvent<string>) => this.#send(chat.id, detail)}
    ></nodus-composer>`;
  }

  async #send(chat: string, text: string): Promise<void> {
    this.renderRoot.querySelector<TimelineElement>("nodus-timeline")?.toNewest();
    const sent = await this.ui.run(this.ui.app.send(chat, text));
    if (sent || this.ui.drafts.has(chat)) return;
    this.ui.drafts.set(chat, text); // what could not be sent is not lost
    this.requestUpdate();
  }
  async #accept({ id }: ChatView): Promise<void> {
    await this.ui.run(this.ui.app.acceptRequest(id));
    await this.updateComplete;
    this.renderRoot.querySelector<ComposerElement>("nodus-composer")?.focus();
  }
  async #decline({ id }: ChatView): Promise<void> {
    if (await this.ui.run(this.ui.app.declineRequest(id))) this.ui.router.up();
  }

  /** Where reading goes on after a chat was chosen: its composer at a keyboard, its name where one would pop up. */
  arrive(): void {
    const composer = this.renderRoot.querySelector<ComposerElement>("nodus-composer");
    const goal = matchMedia("(hover: hover)").matches && composer ? composer : this.renderRoot.querySelector("h2");
    (goal as HTMLElement | null)?.focus();
  }
}

function stateOf({ phase, direct }: ChatView): string {
  if (phase === "request") return say.isRequest;
  if (direct) return say.linkedNow;
  return phase === "pending" ? say.isPending : say.byMailbox;
}
