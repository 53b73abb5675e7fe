/** How this device keeps the app: what it stores and whether the browser may delete that, and installing it. */
import { css, html, svg, type TemplateResult } from "lit";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { keep } from "../words/sentences-keep.ts";
import { guide } from "./icons-self.ts";
import { groupStyles } from "./settings-styles.ts";

/** What little is used still shows in the bar. */
const LEAST_PERCENT = 1;

class DeviceElement extends View {
  static override styles = [
    kit,
    groupStyles,
    css`
      section + section {
        margin-block-start: 1.1rem;
      }
      .bar {
        display: block;
        inline-size: 100%;
        block-size: 0.5rem;
        margin-block-end: 0.4rem;
        border-radius: 0.25rem;
        background: var(--line);
      }
      .bar rect {
        fill: var(--accent);
      }
      .guide {
        display: grid;
        gap: 0.75rem;
      }
      .guide li {
        display: grid;
        grid-template-columns: 6rem minmax(0, 1fr);
        gap: 0.9rem;
        align-items: center;
      }
      .picture {
        inline-size: 6rem;
        fill: none;
        stroke-width: 1.8;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
      .picture .frame {
        stroke: var(--edge);
      }
      .picture .faint {
        stroke: var(--line);
      }
      .picture .mark {
        stroke: var(--accent);
        stroke-width: 2.2;
      }
      @media (forced-colors: active) {
        .bar {
          border: 1px solid CanvasText;
        }
        .bar rect {
          fill: Highlight;
        }
      }
    `,
  ];
  #refused = false;

  protected override render(): TemplateResult {
    return html`<section aria-labelledby="storage">
        <h3 id="storage">${keep.storageGroup}</h3>
        ${this.#usage()} ${this.#kept()}
        ${this.ready?.damaged ? html`<p class="warn">${keep.damaged(this.ready.damaged)}</p>` : ""}
      </section>
      ${this.#install()}`;
  }

  #usage(): TemplateResult | "" {
    const { usage, quota } = this.ui.app.device;
    if (usage === undefined) return "";
    if (!quota) return html`<p>${keep.storageUsage(usage)}</p>`;
    const percent = Math.min(100, Math.max(LEAST_PERCENT, (100 * usage) / quota));
    return html`<div>
      <svg class="bar turns" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        ${svg`<rect width=${percent} height="1" />`}
      </svg>
      <p>${keep.storageUsed(usage, quota)}</p>
    </div>`;
  }

  #kept(): TemplateResult {
    const { app } = this.ui;
    if (app.device.persisted === true) return html`<p class="hint">${keep.persisted}</p>`;
    const saved = this.ready?.backup === "confirmed";
    const sent = this.ready?.backup !== "not-yet";
    return html`${
      sent && !saved ? html`<p class="warn">${keep.fleetingUnsaved}</p>` : html`<p class="hint">${keep.fleeting}</p>`
    }
      <button type="button" class="quiet" @click=${this.#ask}>${keep.askToKeep}</button>
      <div role="status">${this.#refused ? html`<p class="hint">${keep.keptNot}</p>` : ""}</div>`;
  }

  #install(): TemplateResult | "" {
    const { app } = this.ui;
    const { install } = app.device;
    if (install === "none") return "";
    return html`<section aria-labelledby="app">
      <h3 id="app">${keep.installGroup}</h3>
      ${install === "installed" ? html`<p class="hint">${keep.installed}</p>` : html`<p class="hint">${keep.installWhy}</p>`}
      ${
        install === "prompt"
          ? html`<button type="button" class="primary" @click=${() => this.ui.run(app.install())}>${keep.install}</button>`
          : ""
      }
      ${install === "guide" ? this.#guide() : ""}
    </section>`;
  }
  #guide(): TemplateResult {
    return html`<p>${keep.guideIntro}</p>
      <ol class="guide">
        <li>${guide.share()}<span>${keep.guideShare}</span></li>
        <li>${guide.add()}<span>${keep.guideAdd}</span></li>
        <li>${guide.home()}<span>${keep.guideOpen}</span></li>
      </ol>`;
  }

  #ask = async (): Promise<void> => {
    let agreed = true;
    const asked = this.ui.app.keepStorage().then((answer) => {
      agreed = answer;
    });
    await this.ui.run(asked);
    this.#refused = !agreed;
    this.requestUpdate();
  };
}
customElements.define("nodus-settings-device", DeviceElement);
