/** A button that copies a text and says so in place; where the browser refuses, the text is in reach for a selection. */
import { html, LitElement, type PropertyDeclarations, type TemplateResult } from "lit";
import { say } from "../words/sentences.ts";
import { kit } from "./styles.ts";

const SAID_MS = 2_000;

export class CopyElement extends LitElement {
  static override properties: PropertyDeclarations = {
    label: {},
    text: {},
    primary: { type: Boolean },
    copied: { state: true },
  };
  static override styles = kit;
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  declare label: string;
  declare text: string;
  declare primary: boolean;
  declare copied: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.primary = false;
    this.copied = false;
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override render(): TemplateResult {
    return html`<button type="button" class=${this.primary ? "primary" : "quiet"} @click=${this.#copy}>
        ${this.copied ? say.copied : this.label}
      </button>
      <span role="status" class="unseen">${this.copied ? say.copied : ""}</span>`;
  }

  #copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.text);
    } catch {
      this.dispatchEvent(new CustomEvent("refused"));
      return;
    }
    this.dispatchEvent(new CustomEvent("copied"));
    this.copied = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.copied = false;
    }, SAID_MS);
  };
}
