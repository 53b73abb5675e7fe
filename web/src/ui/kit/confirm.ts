/** A button that asks before it acts: the question takes its place, with the harmless answer in focus. */
import { css, html, LitElement, type PropertyDeclarations, type TemplateResult } from "lit";
import { say } from "../words/sentences.ts";
import { kit } from "./styles.ts";

export class ConfirmElement extends LitElement {
  static override properties: PropertyDeclarations = { label: {}, question: {}, asking: { state: true } };
  static override styles = [
    kit,
    css`
      .ask {
        display: grid;
        gap: 0.7rem;
        padding: 0.9rem;
        border: 1px solid var(--line);
        border-radius: 0.9rem;
      }
    `,
  ];
  declare label: string;
  declare question: string;
  declare asking: boolean;

  constructor() {
    super();
    this.asking = false;
  }

  protected override render(): TemplateResult {
    if (!this.asking) {
      const ask = (): void => this.#show(true);
      return html`<button type="button" class="danger quiet" @click=${ask}>${this.label}</button>`;
    }
    return html`<div class="ask" role="group" aria-labelledby="question" @keydown=${this.#onKey}>
      <p id="question">${this.question}</p>
      <div class="row">
        <button type="button" class="quiet" @click=${() => this.#show(false)}>${say.cancel}</button>
        <button type="button" class="danger quiet" @click=${this.#act}>${this.label}</button>
      </div>
    </div>`;
  }

  #show(asking: boolean): void {
    this.asking = asking;
    void this.updateComplete.then(() => this.renderRoot.querySelector("button")?.focus());
  }
  #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // the sheet around stays
    event.stopPropagation();
    this.#show(false);
  };
  #act = (): void => {
    this.dispatchEvent(new CustomEvent("confirmed"));
  };
}
