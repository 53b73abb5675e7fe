/** Where a text is written. Says how much room is left before it is used up, and never cuts a text off by itself. */
import { css, html, LitElement, type PropertyDeclarations, type PropertyValues, type TemplateResult } from "lit";
import { composes } from "../kit/composing.ts";
import { icon } from "../kit/icons.ts";
import { kit } from "../kit/styles.ts";
import { say } from "../words/sentences.ts";
import { acts } from "../words/sentences-acts.ts";
import type { EmojiElement } from "./emoji.ts";

/** The rest is told from here on. */
const TELL_AT = 0.8;
const utf8 = new TextEncoder();
/** On a touch keyboard there is no Shift-Enter: there Enter breaks the line, and the button sends. */
const touch = matchMedia("(hover: none) and (pointer: coarse)");

export class ComposerElement extends LitElement {
  static override properties: PropertyDeclarations = {
    label: {},
    value: {},
    limit: { type: Number },
    disabled: { type: Boolean },
  };
  static override styles = [
    kit,
    css`
      form {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 0.25rem;
        align-items: end;
      }
      .smile {
        color: var(--soft);
      }
      textarea {
        display: block;
        field-sizing: content;
        max-block-size: min(11rem, 35dvh);
        padding: 0.6rem 1rem;
        border-radius: 1.4rem;
        resize: none;
        line-height: 1.4;
      }
      .rest {
        grid-column: 1 / -1;
        padding-inline: 1rem;
        font-size: 0.8125rem;
        color: var(--soft);
      }
      .rest:empty {
        display: none;
      }
      .rest.over {
        color: var(--danger);
      }
    `,
  ];
  declare label: string;
  declare value: string;
  /** UTF-8 bytes. */
  declare limit: number;
  declare disabled: boolean;

  constructor() {
    super();
    this.value = "";
    this.disabled = false;
  }

  protected override render(): TemplateResult {
    const over = this.#bytes - this.limit;
    return html`<form autocomplete="off" @submit=${this.#onSubmit}>
      <button type="button" class="icon smile" aria-label=${acts.emoji} aria-haspopup="dialog" @click=${this.#onSmile}>
        ${icon.smile()}
      </button>
      <textarea
        id="text"
        rows="1"
        dir="auto"
        autocomplete="off"
        enterkeyhint=${touch.matches ? "enter" : "send"}
        aria-label=${this.label}
        aria-describedby="rest"
        placeholder=${this.label}
        aria-invalid=${over > 0 ? "true" : "false"}
        .value=${this.value}
        @input=${this.#onInput}
        @keydown=${this.#onKey}
      ></textarea>
      <button class="primary icon" aria-label=${say.send} ?disabled=${!this.#sendable}>${icon.send()}</button>
      <p id="rest" class="rest ${over > 0 ? "over" : ""}" role="status">${this.#rest(over)}</p>
      <nodus-emoji @emoji=${({ detail }: CustomEvent<string>) => this.insert(detail)}></nodus-emoji>
    </form>`;
  }
  protected override updated(changed: PropertyValues): void {
    const field = this.#field;
    if (!field) return;
    if (changed.has("value") && field.value !== this.value) field.value = this.value;
    if (!CSS.supports("field-sizing", "content")) {
      field.style.blockSize = "auto";
      field.style.blockSize = `${field.scrollHeight + 2}px`; // and its border
    }
  }
  override focus(): void {
    this.#field?.focus();
  }

  #rest(over: number): string {
    if (over > 0) return say.bytesOver(over);
    return -over < this.limit * (1 - TELL_AT) ? say.bytesLeft(-over) : "";
  }
  get #bytes(): number {
    return utf8.encode(this.value).length;
  }
  get #sendable(): boolean {
    return !this.disabled && this.value.trim() !== "" && this.#bytes <= this.limit;
  }
  get #field(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector("textarea");
  }

  #onInput = (event: InputEvent): void => {
    this.#typed((event.target as HTMLTextAreaElement).value);
  };
  #typed(text: string): void {
    this.value = text;
    this.dispatchEvent(new CustomEvent("draft", { detail: text }));
  }
  #onSmile = async (event: Event): Promise<void> => {
    const place = (event.currentTarget as Element).getBoundingClientRect();
    await import("./emoji.ts");
    await this.renderRoot.querySelector<EmojiElement>("nodus-emoji")?.open(place, () => this.focus());
  };
  /** In place of what is selected. */
  insert(text: string): void {
    const field = this.#field;
    if (!field) return;
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    this.#typed(field.value);
    field.focus();
  }
  #onKey = (event: KeyboardEvent): void => {
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
    const held = shiftKey || altKey || ctrlKey || metaKey;
    if (key === "ArrowUp" && !held && !composes(event) && this.value === "") this.dispatchEvent(new Event("recall"));
    if (event.key !== "Enter" || event.shiftKey || composes(event)) return;
    if (touch.matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.#send();
  };
  #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.#send();
    this.focus();
  };
  #send(): void {
    if (!this.#sendable) return;
    const text = this.value;
    this.value = "";
    this.dispatchEvent(new CustomEvent("draft", { detail: "" }));
    this.dispatchEvent(new CustomEvent("text", { detail: text }));
  }
}
