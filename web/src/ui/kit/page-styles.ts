/** The frame of a page that takes the main pane: a bar with the way back, and a column of text below. */
import { css, html, type TemplateResult } from "lit";
import { say } from "../words/sentences.ts";
import { icon } from "./icons.ts";
import type { Ui } from "./view.ts";

export const pageBar = (ui: Ui, title: string): TemplateResult => html`<header>
  <button type="button" class="icon" aria-label=${say.back} @click=${() => ui.router.up()}>${icon.back()}</button>
  <h2>${title}</h2>
</header>`;

export const pageStyles = css`
  :host {
    display: grid;
    grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
    block-size: 100%;
  }
  header {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    min-block-size: 3.75rem;
    padding: 0.35rem clamp(0.4rem, 2vw, 1.25rem);
    border-block-end: 1px solid var(--line);
    background: var(--surface);
  }
  header h2 {
    font-size: 1.15rem;
  }
  .page {
    position: relative;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 1.25rem clamp(1rem, 4vw, 2rem) max(2rem, env(safe-area-inset-bottom));
    outline-offset: -3px;
  }
  .column {
    display: grid;
    gap: 1.5rem;
    max-inline-size: 46rem;
    margin-inline: auto;
  }
  .column > * {
    min-inline-size: 0;
  }
`;
