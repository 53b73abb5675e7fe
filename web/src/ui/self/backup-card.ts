/** Above the list: asks once to keep the 24 words, and stays as a small chip until they are kept. */
import { css, html, type TemplateResult } from "lit";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { mine } from "../words/sentences-self.ts";
import { drawing } from "./icons-self.ts";

export class BackupCardElement extends View {
  static override styles = [
    kit,
    css`
      section {
        display: grid;
        gap: 0.5rem;
        margin: 0.25rem 0.15rem 0.75rem;
        padding: 0.9rem 1rem;
        border: 1px solid var(--line);
        border-radius: 1rem;
        background: var(--bg);
      }
      .row {
        margin-block-start: 0.25rem;
      }
      .chip {
        display: flex;
        align-items: center;
        gap: 0.6rem;
        inline-size: 100%;
        margin-block-end: 0.35rem;
        padding-inline: 0.65rem;
        border-radius: 0.9rem;
        color: var(--soft);
        font-size: 0.9375rem;
        text-align: start;
      }
      .chip .glyph {
        inline-size: 1.25rem;
        block-size: 1.25rem;
        color: var(--accent);
      }
    `,
  ];
  /** "Later" was pressed: the focus goes on to the chip that takes the place of the card. */
  #put = false;

  protected override render(): TemplateResult | "" {
    const show = (): void => {
      const { router } = this.ui;
      router.go({ ...router.route, sheet: "backup" });
    };
    const { backup, superseded } = this.ready ?? {};
    if (superseded) return ""; // somebody has the words already, or there would be no other device
    switch (backup) {
      case "due":
        return html`<section aria-labelledby="title">
          <h3 id="title">${mine.cardTitle}</h3>
          <p class="hint">${mine.cardText}</p>
          ${this.ui.app.device.persisted === true ? "" : html`<p class="hint">${mine.cardFleeting}</p>`}
          <div class="row">
            <button type="button" class="primary" @click=${show}>${mine.showWords}</button>
            <button type="button" @click=${this.#later}>${mine.later}</button>
          </div>
        </section>`;
      case "later":
        return html`<button type="button" class="chip" @click=${show}>${drawing.key()}<span>${mine.chip}</span></button>`;
      default:
        return "";
    }
  }

  protected override updated(): void {
    const chip = this.renderRoot.querySelector<HTMLElement>(".chip");
    if (!this.#put || !chip) return;
    this.#put = false;
    chip.focus();
  }

  #later = (): void => {
    this.#put = true;
    void this.ui.run(this.ui.app.deferBackup());
  };
}
