/** A field and the chats whose names hold what is typed there; arrows choose, Enter opens. */
import { css, html, type PropertyDeclarations, type TemplateResult } from "lit";
import type { ChatView } from "#app/api.ts";
import { avatar, avatarStyles } from "../kit/avatar.ts";
import { composes } from "../kit/composing.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { acts } from "../words/sentences-acts.ts";

/** Whoever does not find it among these types another letter. */
const SHOWN_MAX = 20;
const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

class JumpElement extends View {
  static override properties: PropertyDeclarations = {
    ...View.properties,
    filter: { state: true },
    at: { state: true },
  };
  static override styles = [
    kit,
    avatarStyles,
    css`
      [role="option"] {
        display: flex;
        align-items: center;
        gap: 0.75rem;
        min-block-size: 3.25rem;
        padding: 0.25rem 0.6rem;
        border-radius: 0.9rem;
        cursor: pointer;
        scroll-margin-block: 0.5rem;
      }
      [aria-selected="true"] {
        background: var(--tint);
      }
      @media (forced-colors: active) {
        [aria-selected="true"] {
          outline: 2px solid Highlight;
          outline-offset: -2px;
        }
      }
    `,
  ];
  declare filter: string;
  declare at: number;

  constructor() {
    super();
    this.filter = "";
    this.at = 0;
  }

  protected override render(): TemplateResult {
    const found = this.#found();
    const chosen = found[this.at];
    return html`<nodus-sheet .ui=${this.ui} .label=${acts.jump} @leave=${this.#leave}>
      <div class="stack">
        <input
          type="text"
          role="combobox"
          autofocus
          dir="auto"
          autocomplete="off"
          aria-label=${acts.jumpHint}
          aria-expanded="true"
          aria-controls="found"
          aria-activedescendant=${chosen ? `option-${chosen.id}` : ""}
          placeholder=${acts.jumpHint}
          .value=${this.filter}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
        />
        <div id="found" role="listbox" aria-label=${say.chats} ?hidden=${found.length === 0}>
          ${found.map(
            (chat, at) =>
              html`<div role="option" id="option-${chat.id}" aria-selected=${at === this.at ? "true" : "false"} @click=${() => this.#go(chat)}>
                ${avatar(chat.identity, chat.name)} <bdi class="cut">${chat.name || say.unnamed}</bdi>
              </div>`,
          )}
        </div>
        <p role="status" class="hint">${found.length === 0 ? acts.jumpNone : ""}</p>
      </div>
    </nodus-sheet>`;
  }
  protected override updated(): void {
    this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  /** Names that begin so before names that hold it elsewhere. */
  #found(): ChatView[] {
    const typed = plain(this.filter.trim());
    const named = (this.ready?.chats ?? []).map((chat) => ({
      chat,
      at: plain(chat.name || say.unnamed).indexOf(typed),
    }));
    const matching = named.filter(({ at }) => at >= 0).sort((a, b) => Math.min(a.at, 1) - Math.min(b.at, 1));
    return matching.slice(0, SHOWN_MAX).map(({ chat }) => chat);
  }

  #onInput = (event: Event): void => {
    this.filter = (event.target as HTMLInputElement).value;
    this.at = 0;
  };
  #onKey = (event: KeyboardEvent): void => {
    if (composes(event)) return;
    const found = this.#found();
    const chosen = found[this.at];
    if (event.key === "ArrowDown") this.at = Math.min(found.length - 1, this.at + 1);
    else if (event.key === "ArrowUp") this.at = Math.max(0, this.at - 1);
    else if (event.key === "Enter" && chosen) this.#go(chosen);
    else return;
    event.preventDefault();
  };
  /** The sheet's place in the history becomes the chat's. */
  #go({ id }: ChatView): void {
    this.ui.router.replace({ chat: id });
  }
  #leave = (): void => {
    this.dispatchEvent(new CustomEvent("leave"));
  };
}
customElements.define("nodus-jump", JumpElement);
