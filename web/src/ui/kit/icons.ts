/** Drawings of the buttons, and the sign of the app. All inherit the colour of the text around them. */
import { html, type SVGTemplateResult, svg, type TemplateResult } from "lit";

export const glyph = (shape: SVGTemplateResult, turns = false): TemplateResult =>
  html`<svg class="glyph ${turns ? "turns" : ""}" viewBox="0 0 24 24" aria-hidden="true">${shape}</svg>`;

export const icon = {
  back: () => glyph(svg`<path d="M15 5l-7 7 7 7" />`, true),
  close: () => glyph(svg`<path d="M6 6l12 12M18 6L6 18" />`),
  plus: () => glyph(svg`<path d="M12 5v14M5 12h14" />`),
  link: () =>
    glyph(
      svg`<path d="M10 14a4 4 0 0 0 6 .4l3-3a4.2 4.2 0 0 0-6-6l-1.4 1.4M14 10a4 4 0 0 0-6-.4l-3 3a4.2 4.2 0 0 0 6 6l1.4-1.4" />`,
    ),
  send: () => glyph(svg`<path d="M4 12l16-8-5 16-3.5-6.5L4 12zm7.500 1.500L20 4" />`, true),
  down: () => glyph(svg`<path d="M12 5v14M6 13l6 6 6-6" />`),
  smile: () =>
    glyph(svg`<circle cx="12" cy="12" r="8.500" /><path d="M8.500 14.500a4.500 4.500 0 0 0 7 0M9 10h.01M15 10h.01" />`),
  more: () => glyph(svg`<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3" />`),
  settings: () =>
    glyph(
      svg`<path d="M4 7h9M19 7h1M4 17h1M11 17h9" /><circle cx="16" cy="7" r="2.600" /><circle cx="8" cy="17" r="2.600" />`,
    ),
  node: () =>
    glyph(
      svg`<circle cx="12" cy="12" r="2.600" /><circle cx="5" cy="6" r="1.800" /><circle cx="19" cy="7" r="1.800" /><circle cx="7" cy="19" r="1.800" /><path d="M10 10.300L6.400 7.200M14.300 10.800l3-2.600M10.800 14.300l-2.900 3.200" />`,
    ),
  eye: () =>
    glyph(
      svg`<path d="M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12z" /><circle cx="12" cy="12" r="2.800" />`,
    ),
  ticket: () =>
    glyph(svg`<path d="M4 7h16v3.500a1.800 1.800 0 0 0 0 3.400V17H4v-3.100a1.800 1.800 0 0 0 0-3.400V7zM14 7v10" />`),
  onward: () => glyph(svg`<path d="M9 5l7 7-7 7" />`, true),
  scan: () =>
    glyph(svg`<path d="M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M9 9h2v2H9zM13 9h2v2h-2zM9 13h2v2H9zM13 13h2v2h-2z" />`),
  share: () => glyph(svg`<path d="M12 15V4M8 7.500L12 4l4 3.500M6 12v7h12v-7" />`),
};

/** Three nodes, each tied to both others: no centre. */
export const sign = (): TemplateResult => html`<svg class="sign" viewBox="0 0 64 64" aria-hidden="true">
  <path d="M32 15L14.500 45.500h35z" fill="none" stroke="currentColor" stroke-width="5" stroke-linejoin="round" />
  <circle cx="32" cy="14" r="8.500" fill="currentColor" />
  <circle cx="14" cy="46" r="8.500" fill="currentColor" />
  <circle cx="50" cy="46" r="8.500" fill="currentColor" />
</svg>`;
