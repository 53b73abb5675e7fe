/** Notices: permission is asked for only when the switch is pressed, with the reason beside it. */
import { html, type TemplateResult } from "lit";
import { kit } from "../kit/styles.ts";
import { switchStyles, toggle } from "../kit/switch.ts";
import { View } from "../kit/view.ts";
import { keep } from "../words/sentences-keep.ts";
import { groupStyles } from "./settings-styles.ts";

class NoticesElement extends View {
  static override styles = [kit, groupStyles, switchStyles];
  #refused = false;

  protected override render(): TemplateResult {
    return html`<section aria-labelledby="title"><h3 id="title">${keep.noticesGroup}</h3>${this.#body()}</section>`;
  }

  #body(): TemplateResult {
    const { notices, install } = this.ui.app.device;
    if (notices === "unsupported") {
      return html`<p class="hint">${install === "guide" ? keep.noticesInstallFirst : keep.noticesUnsupported}</p>`;
    }
    const { notices: wanted = false, noticeContent = false } = this.ready?.prefs ?? {};
    const on = wanted && notices === "granted";
    return html`${toggle({
      id: "notices",
      label: keep.notices,
      hint: notices === "default" ? keep.noticesWhy : keep.noticesOn,
      on,
      disabled: notices === "denied",
      press: (to) => void this.#switch(to),
    })}
    <div role="status">
      ${notices === "denied" ? html`<p class="warn">${keep.noticesDenied}</p>` : ""}
      ${this.#refused && notices === "default" ? html`<p class="hint">${keep.noticesRefused}</p>` : ""}
    </div>
    ${
      on
        ? toggle({
            id: "content",
            label: keep.noticeContent,
            hint: keep.noticeContentWhy,
            on: noticeContent,
            press: (to) => void this.ui.run(this.ui.app.setPrefs({ noticeContent: to })),
          })
        : ""
    }`;
  }

  async #switch(on: boolean): Promise<void> {
    const { app } = this.ui;
    if (!on || app.device.notices === "granted") {
      await this.ui.run(app.setPrefs({ notices: on }));
      return;
    }
    let granted = false;
    const asked = app.allowNotices().then((answer) => {
      granted = answer;
    });
    if (!(await this.ui.run(asked))) return;
    this.#refused = !granted;
    this.requestUpdate();
    if (granted) await this.ui.run(app.setPrefs({ notices: true }));
  }
}
customElements.define("nodus-settings-notices", NoticesElement);
