/**
 * What holds for the whole app and is not as it should be, one slim line each. Silent when all is well.
 * Not here: that it is connecting. Every start says that for a second, and a line that goes would move a chat away from
 * under the finger that is on it; the headings of list and chat say it in their own place.
 */
import { css, html, type TemplateResult } from "lit";
import { span } from "./kit/format.ts";
import { kit } from "./kit/styles.ts";
import { View } from "./kit/view.ts";
import { say } from "./words/sentences.ts";
import { mine } from "./words/sentences-self.ts";

export class BannerElement extends View {
  static override styles = [
    kit,
    css`
      p {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        align-items: center;
        gap: 0 0.75rem;
        padding: 0.4rem max(1rem, env(safe-area-inset-left));
        background: var(--warn-bg);
        color: var(--warn-ink);
        font-size: 0.875rem;
        text-align: center;
        border-block-end: 1px solid var(--line);
      }
      p.calm {
        background: var(--hover);
        color: var(--ink);
      }
      p:has(button) {
        padding-block: 0;
      }
      p > span:first-child {
        padding-block: 0.4rem; /* also where the buttons stand below it */
      }
      button {
        padding-inline: 0.6rem;
        font-weight: 600;
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }
    `,
  ];
  /** For as long as this page lives the new version is not offered here again; the settings still have it. */
  #later = false;

  protected override render(): TemplateResult {
    const { ready } = this;
    const lines: TemplateResult[] = [];
    // Nothing leaves from here any more, so no promise that it will.
    if (ready?.superseded) lines.push(this.#superseded());
    else if (ready && ready.connection !== "online" && ready.connection !== "connecting") {
      lines.push(html`<p>${say.connection(ready.connection)}</p>`);
    }
    if (ready?.skew !== undefined) {
      const told = ready.skewDoubted ? say.skewDoubted : say.skew;
      lines.push(html`<p>${told(span(Math.abs(ready.skew)), ready.skew > 0)}</p>`);
    }
    if (ready?.storageFull) lines.push(html`<p>${say.storageFull}</p>`);
    if (ready && this.ui.app.device.update && !this.#later) lines.push(this.#update());
    // Where nothing goes on, the screen says what became of it.
    const { phase } = this.ui.app.state;
    if (this.ui.failed && phase !== "broken" && phase !== "deleted") lines.push(html`<p>${say.commandFailed}</p>`);
    return html`<div role="status">${lines}</div>`;
  }

  #superseded(): TemplateResult {
    const { router } = this.ui;
    const more = (): void => router.go({ ...router.route, sheet: "superseded" });
    const told = this.ready?.elsewhere ? mine.elsewhere : mine.superseded;
    return html`<p><span>${told}</span><button type="button" @click=${more}>${mine.whatNow}</button></p>`;
  }

  #update(): TemplateResult {
    const later = (): void => {
      this.#later = true;
      this.requestUpdate();
    };
    return html`<p class="calm">
      <span>${mine.updateReady}</span>
      <span>
        <button type="button" @click=${() => this.ui.run(this.ui.app.applyUpdate())}>${say.reload}</button>
        <button type="button" @click=${later}>${mine.later}</button>
      </span>
    </p>`;
  }
}
