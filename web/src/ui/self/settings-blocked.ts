/** Blocked contacts, and the way back for each. */
import { css, html, type TemplateResult } from "lit";
import { avatar, avatarStyles } from "../kit/avatar.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { keep } from "../words/sentences-keep.ts";
import { groupStyles } from "./settings-styles.ts";

class BlockedElement extends View {
  static override styles = [
    kit,
    groupStyles,
    avatarStyles,
    css`
      ul {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
      }
      li {
        display: flex;
        align-items: center;
        gap: 0.75rem;
      }
      li > bdi {
        flex: 1;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const blocked = this.ready?.chats.filter((chat) => chat.blocked) ?? [];
    return html`<section aria-labelledby="title">
      <h3 id="title">${keep.blockedGroup}</h3>
      <p class="hint">${keep.blockedHint}</p>
      <ul>
        ${blocked.map(({ id, name, identity }) => {
          const unblock = (): Promise<boolean> => this.ui.run(this.ui.app.unblock(id));
          return html`<li>
            ${avatar(identity, name)}<bdi class="cut">${name || say.unnamed}</bdi>
            <button type="button" class="quiet" aria-label=${keep.unblockWhom(name || say.unnamed)} @click=${unblock}>
              ${keep.unblock}
            </button>
          </li>`;
        })}
      </ul>
    </section>`;
  }
}
customElements.define("nodus-settings-blocked", BlockedElement);
