/** Who can see what: the table of protocol.md §14 in plain words, nothing left out. */
import { css, html, type TemplateResult } from "lit";
import { pageBar, pageStyles } from "../kit/page-styles.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { tell } from "../words/sentences-pages.ts";

class PrivacyPageElement extends View {
  static override styles = [
    kit,
    pageStyles,
    css`
      .column {
        max-inline-size: 40rem;
      }
      .intro {
        font-size: 1.0625rem;
      }
      h3 {
        margin-block-end: 0.2rem;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const parts: [string, string][] = [
      [tell.neverTitle, tell.never],
      [tell.contactTitle, tell.contact],
      [tell.holderTitle, tell.holder],
      [tell.askerTitle, tell.asker],
      [tell.togetherTitle, tell.together],
      [tell.forwarderTitle, tell.forwarder],
      [tell.anchorTitle, tell.anchorRole],
      [tell.hostTitle, tell.host],
      [tell.pushTitle, tell.push],
      [tell.hereTitle, tell.here],
      [tell.limitsTitle, tell.limits],
    ];
    return html`${pageBar(this.ui, tell.privacyTitle)}
      <div class="page" tabindex="0" role="region" aria-label=${tell.privacyTitle}>
        <div class="column">
          <p class="intro">${tell.privacyIntro}</p>
          ${parts.map(([title, text]) => html`<section><h3>${title}</h3><p>${text}</p></section>`)}
        </div>
      </div>`;
  }
}
customElements.define("nodus-privacy-page", PrivacyPageElement);
