/** Everything before there is a list of chats: first run, start-up, and what keeps the app from starting. */
import { css, html, type TemplateResult } from "lit";
import type { AppState, InvitePreview } from "#app/api.ts";
import { sign } from "../kit/icons.ts";
import { NAME_LENGTH } from "../kit/limits.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { Parts } from "../parts.ts";
import { say } from "../words/sentences.ts";
import { mine } from "../words/sentences-self.ts";

/** A start that takes no longer needs no progress: it would only flicker. */
const PROGRESS_AFTER_MS = 1_000;

type Before = Exclude<AppState, { phase: "ready" }>;

export class StartElement extends View {
  static override styles = [
    kit,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        place-items: safe center;
        min-block-size: 100%;
        padding: 1.5rem max(1.25rem, env(safe-area-inset-left)) max(1.5rem, env(safe-area-inset-bottom));
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1.25rem;
        inline-size: 100%;
        max-inline-size: 24rem;
      }
      .head {
        display: grid;
        justify-items: center;
        gap: 0.35rem;
        text-align: center;
      }
      .sign {
        inline-size: 4rem;
        color: var(--accent);
      }
      h1 {
        font-size: 1.6rem;
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1.1rem;
      }
      form .primary {
        min-block-size: 3rem;
      }
      .card {
        display: grid;
        gap: 0.25rem;
        padding: 1rem 1.1rem;
        border: 1px solid var(--line);
        border-radius: 1rem;
        background: var(--surface);
      }
      .points {
        text-align: center;
      }
      progress {
        inline-size: 100%;
        block-size: 0.4rem;
        accent-color: var(--accent);
      }
      .step {
        display: grid;
        gap: 0.6rem;
        min-block-size: 4rem;
        text-align: center;
      }
      .centre,
      .ways {
        display: grid;
        gap: 1rem;
        justify-items: center;
        text-align: center;
      }
      .ways {
        grid-template-columns: minmax(0, 1fr);
        justify-items: stretch;
        gap: 0.6rem;
      }
      .lost {
        display: grid;
        gap: 0.75rem;
      }
    `,
  ];
  #slow = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #busy = false;
  /** The form of the 24 words is open. */
  #chosen = false;
  /** The data was deleted by the browser, and the person begins anew. */
  #anew = false;
  readonly #parts = new Parts(() => this.requestUpdate());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override render(): TemplateResult | "" {
    const { state } = this.ui.app;
    if (state.phase === "ready") return "";
    return html`<main>
      <div class="head">${sign()}<h1>${this.#title(state)}</h1></div>
      ${this.#body(state)}
    </main>`;
  }

  #body(state: Before): TemplateResult {
    if (this.#restores(state)) return this.#restore();
    switch (state.phase) {
      case "first-run":
        return state.evicted && !this.#anew ? this.#evicted(state.invite) : this.#firstRun(state.invite);
      case "starting":
        return this.#starting(state);
      case "unsupported":
        return html`<p class="centre">${say.unsupported(state.missing)}</p>`;
      case "deleted":
        return html`<div class="centre">
          <p>${mine.deleted}</p>
          <button type="button" class="primary" @click=${this.#startAnew}>${mine.startAnew}</button>
        </div>`;
      case "broken":
        return html`<div class="centre">
          <p>${say.broken(state.fault)}</p>
          <button type="button" class="primary" @click=${() => location.reload()}>${say.reload}</button>
        </div>`;
    }
  }

  #firstRun(invite: InvitePreview | undefined): TemplateResult {
    return html`<p class="hint points">${say.tagline}</p>
      ${invite ? html`<div class="card" role="status">${inviter(invite)}</div>` : ""}
      <form autocomplete="off" @submit=${this.#begin}>
        <div>
          <label for="name">${say.yourName}</label>
          <input
            id="name"
            type="text"
            dir="auto"
            autocomplete="off"
            maxlength=${NAME_LENGTH}
            aria-describedby="hint"
          />
          <p id="hint" class="hint">${say.nameHint}</p>
        </div>
        <button class="primary" ?disabled=${this.#busy}>${say.start}</button>
        <button type="button" class="quiet" ?disabled=${this.#busy} @click=${this.#toRestore}>${mine.haveWords}</button>
      </form>
      <p class="hint points">${say.startPoints}</p>`;
  }

  #evicted(invite: InvitePreview | undefined): TemplateResult {
    const anew = (): void => {
      this.#anew = true;
      this.requestUpdate();
    };
    return html`<div class="lost">
        <p>${mine.evicted}</p>
        <p>${mine.evictedNoCopy}</p>
      </div>
      ${invite ? html`<div class="card" role="status">${inviter(invite)}</div>` : ""}
      <div class="ways">
        <button type="button" class="primary" @click=${this.#toRestore}>${mine.restoreWithWords}</button>
        <button type="button" class="quiet" @click=${anew}>${mine.beginAnew}</button>
        <p class="hint">${mine.beginAnewHint}</p>
      </div>`;
  }

  #restore(): TemplateResult {
    const leave = (): void => {
      this.#parts.forget();
      this.ui.router.up();
    };
    const part = this.#parts.page("restore");
    if (part === "loading") return html`<p class="centre hint" role="status">${say.loading}</p>`;
    if (part !== "failed") return part.draw(this.ui, leave);
    return html`<div class="centre">
      <p role="alert">${say.partFailed}</p>
      <button type="button" class="quiet" @click=${leave}>${say.back}</button>
    </div>`;
  }

  #starting({ step, progress }: Extract<Before, { phase: "starting" }>): TemplateResult {
    this.#timer ??= setTimeout(() => {
      this.#slow = true;
      this.requestUpdate();
    }, PROGRESS_AFTER_MS);
    if (!this.#slow) return html`<div class="step"></div>`;
    return html`<div class="step">
      ${
        progress === undefined
          ? html`<progress aria-label=${say.progress}></progress>`
          : html`<progress aria-label=${say.progress} max="1" .value=${progress}></progress>`
      }
      <p role="status">${say.starting(step)}</p>
    </div>`;
  }

  /** The words stay on the screen while keys are made of them: they are needed again where that fails. */
  #restores({ phase }: Before): boolean {
    const chosen = this.ui.router.route.page === "restore";
    if (phase !== "starting") this.#chosen = chosen && phase === "first-run";
    return chosen && this.#chosen;
  }
  #title(state: Before): string {
    if (state.phase === "unsupported") return say.unsupportedTitle;
    if (state.phase === "deleted") return say.deleted;
    if (this.#restores(state)) return mine.restoreWithWords;
    if (state.phase === "first-run" && state.evicted && !this.#anew) return mine.evictedTitle;
    return state.phase === "broken" ? say.brokenTitle(state.fault) : say.product;
  }

  /** A step of its own in the history: the browser's back leads to the start again. */
  #toRestore = (): void => this.ui.router.go({ page: "restore" });
  /** The place survives a reload, and it is one of the identity that is gone. */
  #startAnew = (): void => {
    this.ui.router.replace({});
    location.reload();
  };

  #begin = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.#busy) return;
    const name = this.renderRoot.querySelector("input")?.value.trim() ?? "";
    this.#busy = true;
    this.requestUpdate();
    await this.ui.run(this.ui.app.begin(name));
    this.#busy = false;
    this.requestUpdate();
  };
}

function inviter(invite: InvitePreview): TemplateResult {
  if (invite.kind === "looking" || invite.kind === "known") return html`<p>${say.inviteLooking}</p>`;
  if (invite.kind === "found") {
    return html`<h2>${say.invitedBy(invite.name)}</h2>
      <p class="hint">${say.inviteAfterStart}</p>`;
  }
  return html`<p class="fault">${say.inviteFault(invite.fault)}</p>
    <p class="hint">${say.inviteFaultAtStart}</p>`;
}
