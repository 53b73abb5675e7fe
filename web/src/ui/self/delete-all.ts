/** Deleting everything: what goes, what others keep and until when, and a word to be typed before it is done. */
import { css, html, type TemplateResult } from "lit";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { keep } from "../words/sentences-keep.ts";

class DeleteAllElement extends View {
  static override styles = [
    kit,
    css`
      section {
        display: grid;
        gap: 0.25rem;
      }
      ul {
        display: grid;
        gap: 0.25rem;
        padding-inline-start: 1.2rem;
        list-style: disc;
      }
      strong {
        font-weight: 600;
      }
      .warn {
        padding: 0.7rem 0.9rem;
        border-radius: 0.8rem;
        background: var(--warn-bg);
        color: var(--warn-ink);
      }
      progress {
        inline-size: 100%;
        block-size: 0.4rem;
        accent-color: var(--accent);
      }
    `,
  ];
  #typed = "";
  #state: "asking" | "busy" | "failed" = "asking";

  protected override render(): TemplateResult {
    const { ready } = this;
    const name = ready?.me.name ?? "";
    const word = keep.deleteWord;
    const busy = this.#state === "busy";
    return html`<nodus-sheet .ui=${this.ui} .label=${keep.deleteGroup} @leave=${this.#leave}>
      <form class="stack" autocomplete="off" @submit=${this.#delete}>
        <section>
          <h3>${keep.deleteHere}</h3>
          <ul>
            <li>${keep.deleteHereChats}</li>
            <li>${keep.deleteHereKeys}</li>
            <li>${keep.deleteHereSettings}</li>
          </ul>
        </section>
        <section>
          <h3>${keep.deleteOthers}</h3>
          <ul>
            <li>${keep.deleteOthersCopies}</li>
            <li>${keep.deleteOthersStored}</li>
            <li>${keep.deleteOthersCard}</li>
          </ul>
        </section>
        <p class="warn">
          <strong>${keep.deleteIntro}</strong>
          <span>${ready?.backup === "confirmed" ? keep.deleteWordsKept : keep.deleteWordsNone}</span>
        </p>
        <div>
          <label for="typed">${name === "" ? keep.deleteType(word) : keep.deleteTypeName(word, name)}</label>
          <input
            id="typed"
            type="text"
            dir="auto"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            ?disabled=${busy}
            @input=${this.#onInput}
          />
        </div>
        <div role="status">
          ${busy ? html`<progress aria-label=${say.progress}></progress><p class="hint">${keep.deleting}</p>` : ""}
          ${this.#state === "failed" ? html`<p class="fault">${keep.deleteFailed}</p>` : ""}
        </div>
        <div class="row">
          <button type="button" class="quiet" ?disabled=${busy} @click=${this.#leave}>${say.cancel}</button>
          <button class="danger quiet" ?disabled=${busy || !this.#confirmed}>${keep.deleteNow}</button>
        </div>
      </form>
    </nodus-sheet>`;
  }

  /** The word in any case, or the name as it is. */
  get #confirmed(): boolean {
    const typed = this.#typed.trim();
    if (typed === "") return false;
    return typed.toUpperCase() === keep.deleteWord.toUpperCase() || typed === this.ready?.me.name.trim();
  }
  #onInput = (event: Event): void => {
    this.#typed = (event.target as HTMLInputElement).value;
    this.requestUpdate();
  };
  #delete = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.#state === "busy" || !this.#confirmed) return;
    this.#become("busy");
    try {
      await this.ui.app.deleteEverything();
    } catch (error) {
      console.error(error); // not through `run`: "nothing was lost" would be the wrong sentence here
      this.#become("failed");
    }
  };
  #become(state: "busy" | "failed"): void {
    this.#state = state;
    this.requestUpdate();
  }
  /** Half of it is no state to walk away from. */
  #leave = (): void => {
    if (this.#state !== "busy") this.dispatchEvent(new CustomEvent("leave"));
  };
}
customElements.define("nodus-delete-all", DeleteAllElement);
