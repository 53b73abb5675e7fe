/** What it means that the identity sends from another device now, and what to do. */
import { css, html, type TemplateResult } from "lit";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { keep } from "../words/sentences-keep.ts";

class SupersededElement extends View {
  static override styles = [
    kit,
    css`
      h3 {
        margin-block-end: 0.2rem;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const { router } = this.ui;
    const wipe = (): void => router.replace({ ...router.route, sheet: "delete" });
    return html`<nodus-sheet .ui=${this.ui} .label=${keep.supersededTitle} @leave=${this.#leave}>
      <div class="stack">
        <p>${keep.supersededWhat}</p>
        <section><h3>${keep.supersededYou}</h3><p>${keep.supersededYouDo}</p></section>
        <section><h3>${keep.supersededNotYou}</h3><p>${keep.supersededNotYouDo}</p></section>
        <button type="button" class="danger quiet" @click=${wipe}>${keep.deleteDoor}</button>
      </div>
    </nodus-sheet>`;
  }
  #leave = (): void => {
    this.dispatchEvent(new CustomEvent("leave"));
  };
}
customElements.define("nodus-superseded", SupersededElement);
