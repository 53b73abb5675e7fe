/** Name, identity, and the doors to what is seldom needed. */
import { css, html, type TemplateResult } from "lit";
import { icon } from "./icons.ts";
import type { Route } from "./router.ts";
import { tell } from "./sentences-pages.ts";
import { kit } from "./styles.ts";
import { View } from "./view.ts";

const NAME_LENGTH = 40; // as at the first run

class SettingsElement extends View {
  static override styles = [
    kit,
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
    `,
  ];
  #saved = false;

  protected override render(): TemplateResult {
    const { ready } = this;
    return html`<nodus-sheet .ui=${this.ui} .label=${tell.settingsTitle} @leave=${this.#leave}>
      <div class="stack">
        <form @submit=${this.#save}>
          <label for="name">${tell.myName}</label>
          <div class="field">
            <input
              id="name"
              type="text"
              dir="auto"
              autocomplete="nickname"
              maxlength=${NAME_LENGTH}
              aria-describedby="hint"
              value=${ready?.me.name ?? ""}
              @input=${() => this.#say(false)}
            />
            <button class="quiet">${this.#saved ? tell.saved : tell.save}</button>
          </div>
          <p id="hint" class="hint">${tell.myNameHint}</p>
          <span class="unseen" role="status">${this.#saved ? tell.saved : ""}</span>
        </form>
        <div class="doors">
          ${this.#door(icon.ticket(), tell.allInvites, { sheet: "invites" })}
          ${this.#door(icon.node(), tell.nodePage, { page: "node" })}
          ${this.#door(icon.eye(), tell.privacyPage, { page: "privacy" })}
        </div>
        <div>
          <h3>${tell.myIdentity}</h3>
          <p class="hint">${tell.identityHint}</p>
          <p class="mono"><bdi>${ready?.me.identity ?? ""}</bdi></p>
        </div>
        <p class="hint">${tell.version(ready?.version ?? "")}<br />${tell.openSource}</p>
      </div>
    </nodus-sheet>`;
  }

  /** The page takes this sheet's place in the history: back leads to where the sheet was opened. */
  #door(sign: TemplateResult, label: string, route: Route): TemplateResult {
    const go = (): void => {
      const { router } = this.ui;
      const { chat } = router.route;
      router.replace(route.sheet && chat !== undefined ? { ...route, chat } : route);
    };
    return html`<button type="button" @click=${go}>${sign}<span>${label}</span>${icon.onward()}</button>`;
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
