/**
 * The look: colours and sizes as custom properties, and the few parts that every element shares. Quiet on purpose: one
 * accent, three surfaces, no shadows but under what floats. Colours come in pairs for the two themes.
 */
import { css } from "lit";

export const tokens = css`
  :host {
    --bg: light-dark(#f4f3f1, #121517);
    --surface: light-dark(#ffffff, #1b1f22);
    --raised: light-dark(#ffffff, #23282c);
    --hover: light-dark(#eceae7, #262c30);
    --line: light-dark(#dedbd6, #30373b);
    --edge: light-dark(#827d76, #7d878d);
    --ink: light-dark(#1c1f21, #eceff0);
    --soft: light-dark(#5a5f62, #a6afb4);
    --accent: light-dark(#0b6570, #74d3de);
    --on-accent: light-dark(#ffffff, #062a2f);
    --tint: light-dark(#d8edee, #17444b);
    --tint-soft: light-dark(#3b5c60, #a9ccd1);
    --danger: light-dark(#b3261e, #ff9d94);
    --warn-bg: light-dark(#fdf0d3, #3a2f14);
    --warn-ink: light-dark(#5b4100, #f6d998);
    --gap: 1rem;
    --round: 1.1rem;
    color: var(--ink);
    font: 400 1rem / 1.4 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  }
`;

const controls = css`
  /* No "*" reaches the host: with the insets of a notch as padding it would be larger than the screen. */
  :host,
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1,
  h2,
  h3,
  p,
  label {
    overflow-wrap: break-word;
  }
  h1,
  h2,
  h3 {
    font-size: 1rem;
    font-weight: 600;
    line-height: 1.3;
  }
  button,
  input,
  textarea {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    min-block-size: 2.75rem;
    min-inline-size: 2.75rem;
    padding: 0.5rem 1rem;
    border: 1px solid transparent;
    border-radius: 1.4rem;
    background: none;
    cursor: pointer;
    touch-action: manipulation;
    -webkit-tap-highlight-color: transparent;
  }
  button:hover {
    background: var(--hover);
  }
  button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  button.primary {
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  button.primary:hover:not(:disabled) {
    background: color-mix(in oklab, var(--accent), var(--ink) 14%);
  }
  button.quiet {
    border-color: var(--edge);
  }
  button.danger {
    color: var(--danger);
  }
  button.danger.quiet {
    border-color: currentColor;
  }
  button.icon {
    display: inline-grid;
    place-items: center;
    padding: 0;
    border-radius: 50%;
    flex: none;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  input:focus-visible,
  textarea:focus-visible {
    outline-offset: -2px;
  }
  svg.glyph {
    inline-size: 1.5rem;
    block-size: 1.5rem;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.8;
    stroke-linecap: round;
    stroke-linejoin: round;
    flex: none;
  }
  :dir(rtl) svg.turns {
    transform: scaleX(-1);
  }
`;

const texts = css`
  label {
    display: block;
    font-weight: 600;
    margin-block-end: 0.35rem;
  }
  input[type="text"],
  input[type="url"],
  textarea {
    inline-size: 100%;
    min-block-size: 2.75rem;
    padding: 0.55rem 0.85rem;
    border: 1px solid var(--edge);
    border-radius: 0.8rem;
    background: var(--surface);
  }
  ::placeholder {
    color: var(--soft);
    opacity: 1;
  }
  input + .hint,
  .field + .hint {
    margin-block-start: 0.35rem;
  }
  .hint {
    color: var(--soft);
    font-size: 0.875rem;
  }
  .fault {
    color: var(--danger);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.6rem;
    align-items: center;
  }
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--gap);
    align-content: start;
    min-inline-size: 0;
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  bdi,
  .breaks {
    overflow-wrap: anywhere;
  }
  .cut {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    min-inline-size: 0;
  }
  .mono {
    font-family: ui-monospace, "SF Mono", Menlo, "Liberation Mono", monospace;
    font-size: 0.8125rem;
    overflow-wrap: anywhere;
  }
`;

/** A popover: it floats above the page, at a place that its element computes. */
export const floating = css`
  [popover] {
    position: fixed;
    inset: auto;
    margin: 0;
    border: 1px solid var(--line);
    color: var(--ink);
    background: var(--raised);
    box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 0.22);
  }
`;

const modes = css`
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
  @media (forced-colors: active) {
    button {
      border-color: ButtonBorder;
    }
    button:disabled {
      opacity: 1;
      color: GrayText;
    }
  }
`;

export const kit = [controls, texts, modes];
