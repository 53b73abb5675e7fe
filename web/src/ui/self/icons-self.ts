/** Drawings about the own identity and device, and the picture guide for installing by hand. As in icons.ts. */
import { html, svg, type TemplateResult } from "lit";
import { glyph } from "../kit/icons.ts";

export const drawing = {
  key: () => glyph(svg`<circle cx="8" cy="15" r="4" /><path d="M11 12l8.500-8.500M16 6.500l3 3M13.500 9l2 2" />`, true),
  tick: () => glyph(svg`<path d="M5 12.500l4.500 4.500L19 7" />`),
};

/** The share button in the bar at the bottom of Safari. */
const share = svg`<rect x="4" y="4" width="88" height="52" rx="8" class="frame" />
  <path d="M4 38h88" class="frame" />
  <path d="M14 47l-3 0M30 47l-3 0M69 47l-3 0M85 47l-3 0" class="faint" />
  <path d="M48 50V41.500M44.500 44.500L48 41l3.500 3.500M43 47h-1.500v6.500h13V47H53" class="mark" />`;
/** The entry in the list that opens. */
const add = svg`<rect x="4" y="4" width="88" height="52" rx="8" class="frame" />
  <path d="M12 14h40M12 46h34" class="faint" />
  <rect x="9" y="22" width="78" height="16" rx="4" class="mark" />
  <path d="M15 30h38" class="mark" />
  <path d="M74 25.500h9v9h-9zM78.500 27.500v5M76 30h5" class="mark" />`;
/** The sign of the app among others. */
const home = svg`<rect x="4" y="4" width="88" height="52" rx="8" class="frame" />
  <path d="M18 14h12v12h-12zM66 14h12v12h-12zM18 36h12v12h-12zM42 36h12v12h-12zM66 36h12v12h-12z" class="faint" />
  <rect x="40" y="12" width="16" height="16" rx="4" class="mark" />
  <path d="M48 16l-4.500 8h9z" class="mark" />`;

const picture = (shape: typeof share): TemplateResult =>
  html`<svg class="picture" viewBox="0 0 96 60" aria-hidden="true">${shape}</svg>`;
export const guide = { share: () => picture(share), add: () => picture(add), home: () => picture(home) };
