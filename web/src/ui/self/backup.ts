/**
 * The 24 words: what they are, the words themselves once they are asked for, proof that they are kept, and that they
 * are erased then. The words are in no title, no address and no history, and here only for as long as this sheet is.
 */
import { html, type TemplateResult } from "lit";
import type { WordsRead } from "#app/api.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { keep } from "../words/sentences-keep.ts";
import { backupStyles } from "./backup-styles.ts";
import { drawing } from "./icons-self.ts";
import { printWords } from "./print-words.ts";
import { saidOf, textOf, wordsReadStyles } from "./words-read.ts";

const FILE = "nodus-words.txt";
const NONE: WordsRead = { words: [], state: "incomplete" };

class BackupElement extends View {
  static override styles = [kit, wordsReadStyles, backupStyles];
  #step: "intro" | "words" | "proof" = "intro";
  #words: readonly string[] = [];
  /** What came of copying. */
  #copied: "not" | "copied" | "refused" | "cleared" = "not";
  #read = NONE;
  #ticked = false;
  #fault = "";
  #busy = false;
  #endPrint = (): void => undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#words = [];
    this.#endPrint();
  }

  protected override render(): TemplateResult {
    return html`<nodus-sheet .ui=${this.ui} .label=${keep.backupTitle} @leave=${this.#leave}>
      <div class="stack" tabindex="-1">${this.#body()}</div>
    </nodus-sheet>`;
  }
  #body(): TemplateResult {
    if (this.ready?.backup === "confirmed") return this.#confirmed();
    if (this.#step === "words") return this.#list();
    return this.#step === "proof" ? this.#proof() : this.#intro();
  }

  #intro(): TemplateResult {
    return html`<p>${keep.backupIntro}</p>
      <div class="points">
        <h3>${keep.wordsDo}</h3>
        <ul>
          <li>${keep.wordsDoSame}</li>
          <li>${keep.wordsDoOnly}</li>
        </ul>
      </div>
      <div class="points">
        <h3>${keep.wordsNot}</h3>
        <ul>
          <li>${keep.wordsNotHistory}</li>
          <li>${keep.wordsNotContacts}</li>
        </ul>
      </div>
      <p class="warn">${keep.wordsSecret}</p>
      ${this.#fault ? html`<p class="fault" role="alert">${this.#fault}</p>` : ""}
      <button type="button" class="primary reveal" @click=${this.#reveal}>${keep.reveal}</button>`;
  }

  #list(): TemplateResult {
    return html`<ol class="words numbered" translate="no" aria-label=${keep.wordsLabel}>
        ${this.#words.map((word) => html`<li><bdi>${word}</bdi></li>`)}
      </ol>
      <div class="tools">
        <nodus-copy
          .label=${keep.copyWords}
          .text=${this.#words.join(" ")}
          @copied=${() => this.#note("copied")}
          @refused=${() => this.#note("refused")}
        ></nodus-copy>
        <button type="button" class="quiet" @click=${this.#download}>${keep.download}</button>
        <button type="button" class="quiet" @click=${this.#print}>${keep.print}</button>
        <button type="button" class="quiet" @click=${() => this.#go("intro")}>${keep.hide}</button>
      </div>
      ${this.#clipboard()}
      <button type="button" class="primary have" @click=${() => this.#go("proof")}>${keep.haveThem}</button>`;
  }
  #clipboard(): TemplateResult {
    return html`<div class="clip" role="status">
      ${this.#copied === "refused" ? html`<p class="hint">${keep.copyRefused}</p>` : ""}
      ${this.#copied === "cleared" ? html`<p class="hint">${keep.clipboardCleared}</p>` : ""}
      ${
        this.#copied === "copied"
          ? html`<p class="hint">${keep.copiedHint}</p>
              <button type="button" class="quiet" @click=${this.#clear}>${keep.clearClipboard}</button>`
          : ""
      }
    </div>`;
  }

  #proof(): TemplateResult {
    return html`<form class="stack" autocomplete="off" @submit=${this.#confirm}>
      <p>${keep.proofIntro}</p>
      <div class="field">
        <label for="proof">${keep.proofField}</label>
        <textarea id="proof" rows="3" dir="ltr" translate="no" autocomplete="off" autocapitalize="none" autocorrect="off"
          spellcheck="false" @input=${this.#onProof}></textarea>
        ${saidOf(this.#read, true, this.#use)}
      </div>
      <p class="or hint">${keep.proofOr}</p>
      <label class="tick">
        <input type="checkbox" .checked=${this.#ticked} @change=${this.#onTick} />
        <span>${keep.proofTick}</span>
      </label>
      <div role="alert">${this.#fault ? html`<p class="fault">${this.#fault}</p>` : ""}</div>
      <button class="primary" ?disabled=${this.#busy}>${keep.confirm}</button>
      <button type="button" class="quiet" @click=${() => this.#go("words")}>${keep.backToWords}</button>
    </form>`;
  }

  #confirmed(): TemplateResult {
    const { app } = this.ui;
    const ask = app.device.persisted !== true;
    return html`<div class="done" role="status">
        <span class="seal">${drawing.tick()}</span>
        <h3>${keep.confirmedTitle}</h3>
        <p>${this.ready?.erasing ? keep.erasing : keep.confirmed}</p>
      </div>
      ${
        ask
          ? html`<p class="hint">${keep.fleeting}</p>
              <button type="button" class="quiet" @click=${() => this.ui.run(app.keepStorage())}>${keep.askToKeep}</button>`
          : ""
      }
      <button type="button" class="primary" @click=${this.#leave}>${keep.done}</button>`;
  }

  #reveal = async (): Promise<void> => {
    let words: readonly string[] | undefined;
    const asked = this.ui.app.backupWords().then((given) => {
      words = given;
    });
    if (!(await this.ui.run(asked)) || !this.isConnected) return;
    this.#words = words ?? [];
    this.#go(words ? "words" : "intro");
    if (!words) this.#blame(keep.wordsGone);
  };
  #go(step: "intro" | "words" | "proof"): void {
    this.#step = step;
    if (step === "intro") this.#words = [];
    this.#read = NONE;
    this.#ticked = false;
    this.#copied = "not";
    this.#blame("");
    this.#focus();
  }
  /** What was pressed is gone: reading goes on at the beginning of what took its place. */
  #focus(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".stack")?.focus());
  }
  #blame(fault: string): void {
    this.#fault = fault;
    this.requestUpdate();
  }
  #note(copied: "copied" | "refused" | "cleared"): void {
    this.#copied = copied;
    this.requestUpdate();
  }
  #clear = async (): Promise<void> => {
    if (await this.ui.run(navigator.clipboard.writeText(""))) this.#note("cleared");
  };

  /** One word a line with its number: read again as a whole file, and on paper. */
  #download = (): void => {
    const lines = this.#words.map((word, at) => `${at + 1}. ${word}`).join("\n");
    const text = `${keep.fileTitle}\n\n${lines}\n\n${keep.fileHint}\n`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = FILE;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href)); // the browser has taken it by then
  };
  #print = async (): Promise<void> => {
    this.#endPrint();
    this.#endPrint = await printWords(this.#words);
  };

  #onProof = async (event: Event): Promise<void> => {
    const { value } = event.target as HTMLTextAreaElement;
    const reading = this.ui.app.readWords(value).then((read) => {
      // Unless more was written meanwhile.
      if (value === this.renderRoot.querySelector("textarea")?.value) this.#read = read;
    });
    await this.ui.run(reading);
    this.#blame("");
  };
  #use = (text: string): void => {
    const field = this.renderRoot.querySelector("textarea") as HTMLTextAreaElement;
    field.value = `${text} `;
    field.focus();
    field.dispatchEvent(new InputEvent("input"));
  };
  #onTick = (event: Event): void => {
    this.#ticked = (event.target as HTMLInputElement).checked;
    this.#blame("");
  };
  #confirm = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.#busy) return;
    const whole = this.#read.state === "complete";
    if (!this.#ticked && !whole) {
      this.#blame(keep.proofMissing);
      return;
    }
    let right = false;
    this.#busy = true;
    const asked = this.ui.app.confirmBackup(whole ? textOf(this.#read) : true).then((answer) => {
      right = answer;
    });
    const answered = await this.ui.run(asked);
    this.#busy = false;
    this.#blame(answered && !right ? keep.proofWrong : "");
    if (!right) return;
    this.#words = [];
    this.#focus();
  };
  #leave = (): void => {
    this.dispatchEvent(new CustomEvent("leave"));
  };
}
customElements.define("nodus-backup", BackupElement);
