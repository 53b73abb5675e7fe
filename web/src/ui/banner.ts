/** What holds for the whole app and is not as it should be, one slim line each. Silent when all is well. */
import { css, html, type TemplateResult } from "lit";
import { span } from "./format.ts";
import { say } from "./sentences.ts";
import { kit } from "./styles.ts";
import { View } from "./view.ts";

export class BannerElement extends View {
  static override styles = [
    kit,
    css`
      p {
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
    `,
  ];
  protected override render(): TemplateResult {
    const { ready } = this;
    const lines: TemplateResult[] = [];
    if (ready && ready.connection !== "online") {
      const calm = ready.connection === "connecting" ? "calm" : "";
      lines.push(html`<p class=${calm}>${say.connection(ready.connection)}</p>`);
    }
    if (ready?.skew !== undefined) {
      const told = ready.skewDoubted ? say.skewDoubted : say.skew;
      lines.push(html`<p>${told(span(Math.abs(ready.skew)), ready.skew > 0)}</p>`);
    }
    if (ready?.storageFull) lines.push(html`<p>${say.storageFull}</p>`);
    if (this.ui.failed) lines.push(html`<p>${say.commandFailed}</p>`);
    return html`<div role="status">${lines}</div>`;
  }
}
