/** The own name, backup, identity, and the doors to what is seldom needed. Its groups are in settings-*.ts. */
import { css, html, type TemplateResult } from "lit";
import { icon } from "../kit/icons.ts";
import { NAME_LENGTH } from "../kit/limits.ts";
import type { Route } from "../router.ts";
import { say } from "../words/sentences.ts";
import { keep } from "../words/sentences-keep.ts";
import { tell } from "../words/sentences-pages.ts";
import { mine } from "../words/sentences-self.ts";
import "./settings-blocked.ts";
import "./settings-device.ts";
import "./settings-notices.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { groupStyles } from "./settings-styles.ts";

class SettingsElement extends View {
  static override styles = [
    kit,
    groupStyles,
    css`
      .field {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.5rem;
      }
      .doors {
        display: grid;
        margin-inline: -0.6rem;
      }
      .doors button {
        display: flex;
        align-items: center;
        gap: 0.8rem;
        padding-inline: 0.6rem;
        border-radius: 0.8rem;
        text-align: start;
      }
      .doors span {
        flex: 1;
      }
      .doors .glyph {
        color: var(--soft);
      }
      .update {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem;
      }
    `,
  ];
  #saved = false;

  protected override render(): TemplateResult {
    const { ui } = this;
    return html`<nodus-sheet .ui=${ui} .label=${tell.settingsTitle} @leave=${this.#leave}>
      <div class="stack">
        ${this.#name()}
        <div class="doors">
          ${this.#door(icon.ticket(), tell.allInvites, { sheet: "invites" })}
          ${this.#door(icon.node(), tell.nodePage, { page: "node" })}
          ${this.#door(icon.eye(), tell.privacyPage, { page: "privacy" })}
        </div>
        ${this.#backup()}
        <nodus-settings-notices .ui=${ui}></nodus-settings-notices>
        <nodus-settings-device .ui=${ui}></nodus-settings-device>
        ${
          this.ready?.chats.some(({ blocked }) => blocked)
            ? html`<nodus-settings-blocked .ui=${ui}></nodus-settings-blocked>`
            : ""
        }
        ${this.#identity()} ${this.#about()}
        <section aria-labelledby="delete">
          <h3 id="delete">${keep.deleteGroup}</h3>
          <button type="button" class="danger quiet" @click=${() => this.#to({ sheet: "delete" })}>${keep.deleteDoor}</button>
        </section>
      </div>
    </nodus-sheet>`;
  }

  #name(): TemplateResult {
    return html`<form autocomplete="off" @submit=${this.#save}>
      <label for="name">${tell.myName}</label>
      <div class="field">
        <input
          id="name"
          type="text"
          dir="auto"
          autocomplete="off"
          maxlength=${NAME_LENGTH}
          aria-describedby="hint"
          value=${this.ready?.me.name ?? ""}
          @input=${() => this.#say(false)}
        />
        <button class="quiet">${this.#saved ? tell.saved : tell.save}</button>
      </div>
      <p id="hint" class="hint">${tell.myNameHint}</p>
      <span class="unseen" role="status">${this.#saved ? tell.saved : ""}</span>
    </form>`;
  }

  get #kept(): string {
    return this.ready?.erasing ? keep.backupErasing : keep.backupKept;
  }
  #backup(): TemplateResult {
    const kept = this.ready?.backup === "confirmed";
    return html`<section aria-labelledby="backup">
      <h3 id="backup">${keep.backupGroup}</h3>
      <p class="hint">${kept ? this.#kept : keep.backupNone}</p>
      ${
        kept
          ? ""
          : html`<button type="button" class="quiet" @click=${() => this.#to({ sheet: "backup" })}>${mine.showWords}</button>`
      }
    </section>`;
  }

  #identity(): TemplateResult {
    const identity = this.ready?.me.identity ?? "";
    return html`<section aria-labelledby="identity">
      <h3 id="identity">${tell.myIdentity}</h3>
      <p class="hint">${tell.identityHint}</p>
      <p class="mono"><bdi>${identity}</bdi></p>
      <nodus-copy .label=${keep.copyIdentity} .text=${identity}></nodus-copy>
    </section>`;
  }

  #about(): TemplateResult {
    const { app } = this.ui;
    const { version = "", build = "", leads = true } = this.ready ?? {};
    return html`<section aria-labelledby="about">
      <h3 id="about">${keep.aboutGroup}</h3>
      ${
        app.device.update
          ? html`<div class="update">
              <p>${keep.updateReady}</p>
              <button type="button" class="primary" @click=${() => this.ui.run(app.applyUpdate())}>${say.reload}</button>
            </div>`
          : ""
      }
      <div class="hint">
        <p>${keep.version(version)}</p>
        <p>${keep.build} <bdi class="mono">${build}</bdi></p>
        <p>${leads ? keep.thisLeads : keep.thisViews}</p>
        <p>${tell.openSource}</p>
      </div>
    </section>`;
  }

  #door(sign: TemplateResult, label: string, route: Route): TemplateResult {
    return html`<button type="button" @click=${() => this.#to(route)}>${sign}<span>${label}</span>${icon.onward()}</button>`;
  }
  /** The next place takes that of this sheet in the history: back leads to where the sheet was opened. */
  #to(route: Route): void {
    const { router } = this.ui;
    const { chat } = router.route;
    router.replace(route.sheet && chat !== undefined ? { ...route, chat } : route);
  }

  #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = this.renderRoot.querySelector("input")?.value.trim() ?? "";
    this.#say(await this.ui.run(this.ui.app.setName(name)));
  };
  #say(saved: boolean): void {
    this.#saved = saved;
    this.requestUpdate();
  }
  #leave = (): void => {
    this.dispatchEvent(new CustomEvent("leave"));
  };
}
customElements.define("nodus-settings", SettingsElement);
