/** Asks before a chat is deleted, and says what that does and what it does not. */
import { html, type TemplateResult } from "lit";
import { View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { acts } from "../words/sentences-acts.ts";

class DeleteChatElement extends View {
  protected override render(): TemplateResult {
    const { chat: open, item = open } = this.ui.router.route;
    const chat = this.ready?.chats.find(({ id }) => id === item);
    const name = chat?.name ?? "";
    return html`<nodus-sheet .ui=${this.ui} .label=${chat ? acts.deleteChatTitle(chat.name) : acts.deleteChat} @leave=${this.#leave}>
      ${
        chat
          ? html`<div class="stack">
              <p>${acts.deleteChatOwn}</p>
              <p>${acts.deleteChatTheirs(name)} ${acts.deleteChatQueued}</p>
              <p class="hint">${acts.deleteChatAgain(name)}</p>
              <div class="row">
                <button type="button" class="quiet" @click=${this.#leave}>${say.cancel}</button>
                <button type="button" class="quiet danger" @click=${() => this.#delete(chat.id)}>${acts.deleteChat}</button>
              </div>
            </div>`
          : html`<p>${acts.noSuchChat}</p>`
      }
    </nodus-sheet>`;
  }

  /** The chat's place goes with it: the way back leads past it. */
  async #delete(chat: string): Promise<void> {
    if (await this.ui.run(this.ui.app.deleteChat(chat))) this.#leave();
  }
  #leave = (): void => {
    this.dispatchEvent(new CustomEvent("leave"));
  };
}
customElements.define("nodus-delete-chat", DeleteChatElement);
