/** What it means that the identity sends from another device now, or that this profile runs twice, and what to do. */
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
  #busy = false;

  protected override render(): TemplateResult {
    const twice = this.#busy || this.ready?.elsewhere === true;
    const label = twice ? keep.elsewhereTitle : keep.supersededTitle;
    return html`<nodus-sheet .ui=${this.ui} .label=${label} @leave=${this.#leave}>
      <div class="stack">${twice ? this.#elsewhere() : this.#superseded()}</div>
    </nodus-sheet>`;
  }
  #superseded(): TemplateResult {
    return html`<p>${keep.supersededWhat}</p>
      <section><h3>${keep.supersededYou}</h3><p>${keep.supersededYouDo}</p></section>
      <section><h3>${keep.supersededNotYou}</h3><p>${keep.supersededNotYouDo}</p></section>
      ${this.#wipe()}`;
  }
  #elsewhere(): TemplateResult {
    return html`<p>${keep.elsewhereWhat}</p>
      <section><h3>${keep.elsewhereHere}</h3><p>${keep.elsewhereHereDo}</p></section>
      <section><h3>${keep.elsewhereThere}</h3><p>${keep.elsewhereThereDo}</p></section>
      <p role="status" class="hint">${this.#busy ? keep.continuing : ""}</p>
      <button type="button" class="primary" ?disabled=${this.#busy} @click=${this.#continue}>${keep.continueHere}</button>
      ${this.#wipe()}`;
  }
  #wipe(): TemplateResult {
    const { router } = this.ui;
    const wipe = (): void => router.replace({ ...router.route, sheet: "delete" });
    return html`<button type="button" class="danger quiet" ?disabled=${this.#busy} @click=${wipe}>${keep.deleteDoor}</button>`;
  }

  #continue = async (): Promise<void> => {
    this.#become(true);
    await this.ui.run(this.ui.app.continueHere());
    this.#become(false);
    if (this.ready?.elsewhere !== true) this.#leave();
  };
  #become(busy: boolean): void {
    this.#busy = busy;
    this.requestUpdate();
  }
  #leave = (): void => {
    this.dispatchEvent(new CustomEvent("leave"));
  };
}
customElements.define("nodus-superseded", SupersededElement);
