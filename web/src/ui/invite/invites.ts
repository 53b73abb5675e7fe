/** The invites of one's own: all of them, and one with its link, its code and its end. */
import { css, html, type PropertyDeclarations, type TemplateResult } from "lit";
import type { InviteView } from "#app/api.ts";
import { moment } from "../kit/format.ts";
import { icon } from "../kit/icons.ts";
import { kit } from "../kit/styles.ts";
import { type QrPath, View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { tell } from "../words/sentences-pages.ts";

const isOpen = ({ state }: InviteView): boolean => state === "preparing" || state === "ready" || state === "shared";

function stateOf(invite: InviteView): string {
  if (invite.state === "preparing") return tell.preparing(invite.held, invite.of);
  return invite.state === "ready" ? tell.ready(invite.held, invite.of) : say.inviteState(invite.state);
}

class InviteElement extends View {
  static override properties: PropertyDeclarations = { ...View.properties, code: { state: true } };
  static override styles = [
    kit,
    css`
      .code {
        justify-self: center;
        inline-size: min(18rem, 100%);
        padding: 0.25rem;
        border-radius: 0.9rem;
        background: #ffffff;
        border: 1px solid var(--line);
      }
      .code svg {
        display: block;
        inline-size: 100%;
        fill: #000000;
        forced-color-adjust: none;
      }
      input {
        text-overflow: ellipsis;
      }
      .facts {
        display: grid;
        gap: 0.2rem;
      }
      .warns {
        color: var(--danger);
      }
    `,
  ];
  declare code: QrPath | undefined;
  #drawn: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.ui.router.route.item === undefined) void this.#create();
  }

  protected override willUpdate(): void {
    const link = this.#invite?.link;
    if (link === undefined || link === this.#drawn || !this.ui.qr) return;
    this.#drawn = link;
    // Without its code the invite still has its link.
    Promise.resolve(this.ui.qr(link)).then(
      (code) => {
        this.code = code;
      },
      () => undefined,
    );
  }

  protected override render(): TemplateResult {
    return html`<nodus-sheet .ui=${this.ui} .label=${tell.inviteTitle} @leave=${this.#leave}>${this.#body()}</nodus-sheet>`;
  }

  #body(): TemplateResult {
    const invite = this.#invite;
    if (invite) return isOpen(invite) ? this.#open(invite) : this.#over(invite);
    const wanted = this.ui.router.route.item;
    return html`<p role="status">${wanted === undefined ? tell.makingInvite : tell.inviteGone}</p>`;
  }

  #open(invite: InviteView): TemplateResult {
    const { link } = invite;
    const data = { url: link, text: tell.shareText };
    const share = (): void => void navigator.share(data).catch(() => undefined); // the person thought better of it
    return html`<div class="stack">
      <p>${tell.inviteIntro(moment(invite.ends, this.ui.now()))}</p>
      <div>
        <label for="link">${tell.link}</label>
        <input id="link" class="mono" type="text" readonly dir="ltr" autocomplete="off" .value=${link} @focus=${selectAll} />
      </div>
      <div class="row">
        <nodus-copy autofocus primary .label=${tell.copyLink} .text=${link} @refused=${this.#select}></nodus-copy>
        ${"share" in navigator ? html`<button type="button" class="quiet" @click=${share}>${tell.share}</button>` : ""}
      </div>
      ${this.#code()}
      <div class="facts">
        <p role="status">${stateOf(invite)}</p>
        ${invite.state === "preparing" ? html`<p class="hint">${tell.preparingHint}</p>` : ""}
      </div>
      <nodus-confirm .label=${tell.revoke} .question=${tell.revokeAsk} @confirmed=${() => this.#revoke(invite.id)}></nodus-confirm>
    </div>`;
  }

  #code(): TemplateResult | "" {
    if (!this.code) return "";
    const { size, d } = this.code;
    return html`<p class="hint">${tell.qrHint}</p>
      <div class="code">
        <svg role="img" aria-label=${tell.qrLabel} viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path d=${d} /></svg>
      </div>`;
  }

  #over(invite: InviteView): TemplateResult {
    const again = (): void => {
      const { chat } = this.ui.router.route;
      this.ui.router.replace({ ...(chat && { chat }), sheet: "invite" });
      void this.#create();
    };
    return html`<div class="stack">
      <p class=${invite.state === "used-twice" ? "warns" : ""}>${stateOf(invite)}</p>
      <p class="hint">${tell.made(moment(invite.created, this.ui.now()))}</p>
      <div class="row"><button type="button" class="quiet" @click=${again}>${tell.another}</button></div>
    </div>`;
  }

  get #invite(): InviteView | undefined {
    return this.ready?.invites.find(({ id }) => id === this.ui.router.route.item);
  }
  async #create(): Promise<void> {
    let id = "";
    const make = async (): Promise<void> => {
      id = await this.ui.app.createInvite();
    };
    const made = await this.ui.run(make());
    if (!this.isConnected) return;
    if (made) this.ui.router.replace({ ...this.ui.router.route, item: id });
    else this.#leave();
  }
  async #revoke(id: string): Promise<void> {
    if (await this.ui.run(this.ui.app.revokeInvite(id))) this.#leave();
  }
  #select = (): void => {
    this.renderRoot.querySelector("input")?.focus();
  };
  #leave = (): void => {
    this.dispatchEvent(new CustomEvent("leave"));
  };
}

const selectAll = (event: Event): void => (event.target as HTMLInputElement).select();

class InvitesElement extends View {
  static override styles = [
    kit,
    css`
      ul {
        display: grid;
        margin-inline: -0.6rem;
      }
      li button {
        display: flex;
        align-items: center;
        gap: 0.8rem;
        inline-size: 100%;
        padding-inline: 0.6rem;
        border-radius: 0.8rem;
        text-align: start;
      }
      li span {
        flex: 1;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const invites = this.ready?.invites ?? [];
    const open = (item?: string): void => {
      const { chat } = this.ui.router.route;
      this.ui.router.replace({ ...(chat && { chat }), sheet: "invite", ...(item && { item }) });
    };
    return html`<nodus-sheet .ui=${this.ui} .label=${tell.invitesTitle} @leave=${() => this.dispatchEvent(new CustomEvent("leave"))}>
      <div class="stack">
        ${
          invites.length === 0
            ? html`<p>${tell.noInvites}</p>`
            : html`<ul>
                ${invites.map(
                  (invite) => html`<li>
                    <button type="button" @click=${() => open(invite.id)}>
                      ${icon.ticket()}<span>${stateOf(invite)}<br /><span class="hint">${this.#when(invite)}</span></span>${icon.onward()}
                    </button>
                  </li>`,
                )}
              </ul>`
        }
        <div class="row"><button type="button" class="primary" @click=${() => open()}>${tell.another}</button></div>
      </div>
    </nodus-sheet>`;
  }

  #when(invite: InviteView): string {
    const now = this.ui.now();
    if (isOpen(invite)) return tell.ends(moment(invite.ends, now));
    return invite.state === "expired" ? tell.ended(moment(invite.ends, now)) : tell.made(moment(invite.created, now));
  }
}
customElements.define("nodus-invite", InviteElement);
customElements.define("nodus-invites", InvitesElement);
