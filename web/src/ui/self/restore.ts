/** Before the start: the 24 words of an identity, read while they are typed, and what they do not bring back. */
import { css, html, type TemplateResult } from "lit";
import type { WordsRead } from "#app/api.ts";
import { NAME_LENGTH } from "../kit/limits.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { keep } from "../words/sentences-keep.ts";
import { listOf, saidOf, textOf, wordsReadStyles } from "./words-read.ts";

const NONE: WordsRead = { words: [], state: "incomplete" };

class RestoreElement extends View {
  static override styles = [
    kit,
    wordsReadStyles,
    css`
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1.1rem;
      }
      textarea {
        display: block;
        min-block-size: 7rem;
        resize: vertical;
      }
      .words {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
      }
      .words label {
        margin: 0;
      }
      .not {
        display: grid;
        gap: 0.25rem;
      }
      .not ul {
        list-style: disc;
        padding-inline-start: 1.2rem;
      }
      .primary {
        min-block-size: 3rem;
      }
      progress {
        inline-size: 100%;
        block-size: 0.4rem;
        accent-color: var(--accent);
      }
    `,
  ];
  #read = NONE;
  /** The last sign is a letter: its word may still grow. */
  #writing = false;
  /** Answers come in any order; only the newest question counts. */
  #asked = 0;
  #state: "writing" | "busy" | "failed" = "writing";

  protected override firstUpdated(): void {
    this.#field.focus();
  }
  protected override render(): TemplateResult {
    const busy = this.#state === "busy";
    return html`<form autocomplete="off" @submit=${this.#restore}>
      <p>${keep.restoreIntro}</p>
      <div class="words">
        <label for="words">${keep.restoreField}</label>
        <textarea
          id="words"
          dir="ltr"
          translate="no"
          autocomplete="off"
          autocapitalize="none"
          autocorrect="off"
          spellcheck="false"
          aria-describedby="words-hint"
          ?disabled=${busy}
          @input=${this.#onInput}
          @blur=${() => this.#write(false)}
        ></textarea>
        <p id="words-hint" class="hint">${keep.restoreFieldHint}</p>
        ${saidOf(this.#read, this.#writing, this.#use)} ${this.#read.words.length > 0 ? listOf(this.#read) : ""}
      </div>
      <div>
        <label for="name">${say.yourName}</label>
        <input id="name" type="text" dir="auto" autocomplete="off" maxlength=${NAME_LENGTH} aria-describedby="name-hint" ?disabled=${busy} />
        <p id="name-hint" class="hint">${say.nameHint}</p>
      </div>
      <div class="not">
        <h2>${keep.restoreNot}</h2>
        <ul class="hint">
          <li>${keep.restoreNotHistory}</li>
          <li>${keep.restoreNotContacts}</li>
        </ul>
        <p class="hint">${keep.restoreNotBoth}</p>
      </div>
      <div role="status">
        ${busy ? this.#progress() : ""}
        ${this.#state === "failed" ? html`<p class="fault">${keep.restoreFailed}</p>` : ""}
      </div>
      <button class="primary" ?disabled=${busy || this.#read.state !== "complete"}>${keep.restore}</button>
      <button type="button" class="quiet" ?disabled=${busy} @click=${() => this.dispatchEvent(new CustomEvent("leave"))}>
        ${say.back}
      </button>
    </form>`;
  }

  #progress(): TemplateResult {
    const { state } = this.ui.app;
    const progress = state.phase === "starting" ? state.progress : undefined;
    return html`${
      progress === undefined
        ? html`<progress aria-label=${say.progress}></progress>`
        : html`<progress aria-label=${say.progress} max="1" .value=${progress}></progress>`
    }
      <p class="hint">${keep.restoring}</p>`;
  }

  #onInput = (): void => {
    this.#write(/\p{L}$/u.test(this.#field.value));
    void this.#look();
  };
  async #look(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const reading = this.ui.app.readWords(this.#field.value).then((read) => {
      if (asked === this.#asked) this.#read = read;
    });
    await this.ui.run(reading);
    this.requestUpdate();
  }
  #write(writing: boolean): void {
    this.#writing = writing;
    this.requestUpdate();
  }
  #use = (text: string): void => {
    this.#field.value = `${text} `;
    this.#field.focus();
    this.#onInput();
  };

  #restore = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.#state === "busy" || this.#read.state !== "complete") return;
    const name = this.renderRoot.querySelector("input")?.value.trim() ?? "";
    this.#become("busy");
    try {
      await this.ui.app.restore(textOf(this.#read), name);
      this.#become("writing");
    } catch (error) {
      console.error(error); // said here, below the words, not in the banner
      this.#become("failed");
    }
  };
  #become(state: "writing" | "busy" | "failed"): void {
    this.#state = state;
    this.requestUpdate();
  }
  get #field(): HTMLTextAreaElement {
    return this.renderRoot.querySelector("textarea") as HTMLTextAreaElement;
  }
}
customElements.define("nodus-restore", RestoreElement);
