/** The help for the keyboard. */
import { css, html, type TemplateResult } from "lit";
import { kit } from "./kit/styles.ts";
import { View } from "./kit/view.ts";
import { KEYS } from "./shortcuts.ts";
import { acts } from "./words/sentences-acts.ts";
import { cannot } from "./words/sentences-gestures.ts";

class ShortcutsElement extends View {
  static override styles = [
    kit,
    css`
      dl {
        display: grid;
        grid-template-columns: fit-content(55%) minmax(0, 1fr);
        gap: 0.6rem 1.25rem;
        align-items: baseline;
      }
      .hint {
        margin-block-start: 1rem;
      }
      dd {
        overflow-wrap: anywhere;
      }
      kbd {
        display: inline-block;
        padding: 0.05rem 0.45rem;
        border: 1px solid var(--edge);
        border-radius: 0.4rem;
        font: inherit;
        font-size: 0.875rem;
        white-space: nowrap;
      }
    `,
  ];

  protected override render(): TemplateResult {
    return html`<nodus-sheet .ui=${this.ui} .label=${acts.shortcuts} @leave=${() => this.dispatchEvent(new CustomEvent("leave"))}>
      <dl tabindex="0">
        ${KEYS.map(
          ([keys, what]) =>
            html`<dt>${keys.map((each, at) => html`${at > 0 ? html` ${acts.or} ` : ""}${each.split(" ").map((key) => html`<kbd>${acts.key(key)}</kbd> `)}`)}</dt>
              <dd>${what()}</dd>`,
        )}
      </dl>
      <p class="hint">${cannot.find}</p>
    </nodus-sheet>`;
  }
}
customElements.define("nodus-shortcuts", ShortcutsElement);
