/** An invite from somebody else: paste the link, see who it is from, answer with a first message. */
import { css, html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from "lit";
import type { InvitePreview } from "#app/api.ts";
import { avatar, avatarStyles } from "../kit/avatar.ts";
import { moment } from "../kit/format.ts";
import { icon } from "../kit/icons.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { tell } from "../words/sentences-pages.ts";
import { see } from "../words/sentences-scan.ts";

class OpenInviteElement extends View {
  static override properties: PropertyDeclarations = {
    ...View.properties,
    link: { state: true },
    busy: { state: true },
  };
  static override styles = [
    kit,
    avatarStyles,
    css`
      .who {
        display: flex;
        align-items: center;
        gap: 0.8rem;
      }
      .fault-box {
        display: grid;
        gap: 0.3rem;
        padding: 0.8rem 1rem;
        border: 1px solid currentColor;
        border-radius: 0.9rem;
      }
      .scan {
        display: flex;
        align-items: center;
        gap: 0.5rem;
      }
      progress {
        inline-size: 100%;
        block-size: 0.4rem;
        accent-color: var(--accent);
      }
    `,
  ];
  declare link: string;
  /** The answer is on its way: what was found stays on the screen. */
  declare busy: boolean;
  #shown: InvitePreview | undefined;
  #first = "";

  constructor() {
    super();
    this.link = "";
    this.busy = false;
  }

  protected override render(): TemplateResult {
    if (!this.busy) this.#shown = this.ready?.invite;
    return html`<nodus-sheet .ui=${this.ui} .label=${tell.openTitle} @leave=${this.#leave}>${this.#body(this.#shown)}</nodus-sheet>`;
  }
  protected override updated(_changed: PropertyValues): void {
    if (this.#shown?.kind === this.#was) return;
    this.#was = this.#shown?.kind;
    if (this.#was === "found") this.renderRoot.querySelector<HTMLElement>("nodus-composer")?.focus();
  }
  #was: InvitePreview["kind"] | undefined;

  #body(preview: InvitePreview | undefined): TemplateResult {
    if (preview?.kind === "looking" || preview?.kind === "known") {
      return html`<div class="stack">
        <p role="status">${tell.looking}</p>
        <progress aria-label=${tell.looking}></progress>
      </div>`;
    }
    if (preview?.kind === "found") return this.#found(preview);
    return html`<div class="stack">
      ${preview ? html`<p class="fault fault-box" role="alert">${say.inviteFault(preview.fault)}</p>` : ""}
      <form class="stack" autocomplete="off" @submit=${this.#look}>
        <div>
          <label for="link">${tell.pasteLabel}</label>
          <input
            id="link"
            type="text"
            inputmode="url"
            dir="ltr"
            autocomplete="off"
            spellcheck="false"
            autofocus
            aria-describedby="hint"
            .value=${this.link}
            @input=${(event: InputEvent) => {
              this.link = (event.target as HTMLInputElement).value;
            }}
          />
          <p id="hint" class="hint">${tell.pasteHint}</p>
        </div>
        <div class="row">
          <button class="primary" ?disabled=${this.link.trim() === ""}>${preview ? say.tryAgain : tell.lookUp}</button>
          ${this.ui.reader ? html`<button type="button" class="quiet scan" @click=${this.#scan}>${icon.scan()}${see.scan}</button>` : ""}
        </div>
      </form>
    </div>`;
  }

  #found({ name, identity, ends }: Extract<InvitePreview, { kind: "found" }>): TemplateResult {
    return html`<div class="stack">
      <div class="who">
        ${avatar(identity, name)}
        <div>
          <h3 class="breaks">${say.invitedBy(name)}</h3>
          <p class="hint">${tell.ends(moment(ends, this.ui.now()))}</p>
        </div>
      </div>
      <p class="hint">${tell.foundHint}</p>
      <nodus-composer
        autofocus
        .label=${tell.firstMessage}
        .limit=${this.ui.app.firstTextLimit}
        .value=${this.#first}
        ?disabled=${this.busy}
        @draft=${({ detail }: CustomEvent<string>) => {
          this.#first = detail;
        }}
        @text=${({ detail }: CustomEvent<string>) => this.#accept(detail)}
      ></nodus-composer>
    </div>`;
  }

  #look = (event: SubmitEvent): void => {
    event.preventDefault();
    const link = this.link.trim();
    if (link !== "") void this.ui.run(this.ui.app.openInvite(link));
  };

  /** In this sheet's place: back leads to where it was opened. */
  #scan = (): void => {
    if (this.ready?.invite) this.ui.app.dismissInvite();
    this.ui.router.replace({ ...this.ui.router.route, sheet: "scan" });
  };

  async #accept(text: string): Promise<void> {
    this.busy = true;
    let chat = "";
    const accept = async (): Promise<void> => {
      chat = await this.ui.app.acceptInvite(text);
      await this.#listed(chat);
    };
    const accepted = await this.ui.run(accept());
    this.busy = false;
    if (accepted) this.ui.router.replace({ chat });
    else this.#first = text;
  }

  /** Resolves when the new chat is in the list: only then there is something to go to. */
  #listed(chat: string): Promise<void> {
    const there = (): boolean => this.ready?.chats.some(({ id }) => id === chat) ?? false;
    if (there()) return Promise.resolve();
    return new Promise((done) => {
      const end = this.ui.app.subscribe(() => {
        if (!there()) return;
        end();
        done();
      });
    });
  }
  #leave = (): void => {
    this.dispatchEvent(new CustomEvent("leave"));
  };
}
customElements.define("nodus-open-invite", OpenInviteElement);
