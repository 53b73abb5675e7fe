/** The look of bubbles, and of what stands between them. */
import { css } from "lit";

export const timelineStyles = css`
  :host {
    position: relative;
    display: block;
    min-block-size: 0;
  }
  .scroll {
    display: flex;
    flex-direction: column-reverse;
    block-size: 100%;
    overflow-y: auto;
    overflow-x: hidden;
    overscroll-behavior: contain;
    overflow-anchor: none;
    outline-offset: -3px;
  }
  .content {
    display: flex;
    flex-direction: column;
    inline-size: 100%;
    max-inline-size: 52rem;
    margin-inline: auto;
    padding: 0.75rem clamp(0.6rem, 3vw, 1.75rem);
  }
  .older {
    align-self: center;
    color: var(--accent);
  }
  .none {
    align-self: center;
    padding: 2rem 1rem;
  }
  .above,
  .below {
    flex: none;
  }
  /* Rows keep their distance by padding: a height that is measured holds all of it. */
  .day,
  .note,
  .unread {
    flex: none;
    align-self: center;
    padding-block: 1rem 0.5rem;
    font-size: 0.8125rem;
    color: var(--soft);
  }
  .day time {
    padding: 0.2rem 0.75rem;
    border-radius: 1rem;
    background: var(--hover);
    color: light-dark(#4a4f52, #b9c1c5);
  }
  .note {
    padding-inline: 1rem;
    text-align: center;
  }
  .unread {
    align-self: stretch;
    display: flex;
    align-items: center;
    gap: 0.75rem;
    color: var(--accent);
    font-weight: 600;
  }
  .unread::before,
  .unread::after {
    content: "";
    flex: 1;
    border-block-start: 1px solid var(--line);
  }
  .row {
    position: relative;
    display: flex;
    flex: none;
    flex-direction: column;
    align-items: flex-start;
    padding-block-start: 0.15rem;
  }
  .row.first {
    padding-block-start: 0.6rem;
  }
  .row.mine {
    align-items: flex-end;
  }
  .line {
    display: flex;
    align-items: center;
    gap: 0.15rem;
    inline-size: 100%;
  }
  .mine .line {
    flex-direction: row-reverse;
  }
  /* As large as a button is to be, and yet a row is no higher than its bubble. */
  .more {
    margin-block: -0.5rem;
    opacity: 0;
    color: var(--soft);
  }
  .row:hover .more,
  .row:focus-within .more {
    opacity: 1;
  }
  /* The kit shows a button.icon: this must weigh more. */
  @media (hover: none) {
    .row .more {
      display: none;
    }
  }
  .bubble {
    --under-mark: var(--surface);
    max-inline-size: min(85%, 36rem);
    padding: 0.4rem 0.75rem 0.35rem;
    border-radius: var(--round);
    background: var(--surface);
    border: 1px solid var(--line);
  }
  .mine .bubble {
    --under-mark: var(--tint);
    background: var(--tint);
    border-color: transparent;
  }
  .row:not(.first) .bubble {
    border-start-start-radius: 0.35rem;
  }
  .row:not(.last) .bubble,
  .row.last .bubble {
    border-end-start-radius: 0.35rem;
  }
  .row.mine:not(.first) .bubble {
    border-start-start-radius: var(--round);
    border-start-end-radius: 0.35rem;
  }
  .row.mine .bubble {
    border-end-start-radius: var(--round);
    border-end-end-radius: 0.35rem;
  }
  /* Its direction is that of the text; the small print floats into the last line where there is room. */
  .flow {
    display: flow-root;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .big {
    font-size: 2.5rem;
    line-height: 1.2;
  }
  /* Into the lower corner, as with small letters. */
  .big + .meta {
    margin-block-start: 1.5rem;
  }
  .flow blockquote {
    margin: 0.15rem 0;
    padding-inline-start: 0.6rem;
    border-inline-start: 0.2rem solid var(--edge);
  }
  .flow code {
    padding: 0.05rem 0.3rem;
    border-radius: 0.35rem;
    background: color-mix(in oklab, var(--ink) 9%, transparent);
    font-family: ui-monospace, "SF Mono", Menlo, "Liberation Mono", monospace;
    font-size: 0.875em;
  }
  .flow code.block {
    display: block;
    margin-block: 0.2rem;
    padding: 0.5rem 0.65rem;
    border-radius: 0.6rem;
  }
  /* An address reads from left to right, and turns nothing around it. */
  .flow a {
    position: relative;
    z-index: 1;
    direction: ltr;
    unicode-bidi: isolate;
    color: var(--accent);
    text-underline-offset: 2px;
  }
  .flow .goes {
    font-weight: 600;
    -webkit-user-select: none;
    user-select: none;
  }
  /* A selection over several bubbles copies what was written, and nothing of what is drawn around it. */
  .meta,
  .label,
  .day,
  .note,
  .unread,
  .row > .unseen {
    -webkit-user-select: none;
    user-select: none;
  }
  .meta {
    position: relative;
    inset-block-start: 0.2rem;
    float: inline-end;
    display: inline-flex;
    align-items: center;
    gap: 0.35rem;
    min-block-size: 1.5rem;
    min-inline-size: 1.5rem;
    margin-inline: 0.35rem -0.25rem;
    padding: 0 0.25rem;
    border: 0;
    border-radius: 0.5rem;
    font-size: 0.75rem;
    color: var(--soft);
    white-space: nowrap;
  }
  /* In the direction of its own words, not of the message: never "PM 3:38". */
  .meta time {
    unicode-bidi: plaintext;
  }
  .mine .meta {
    color: var(--tint-soft);
  }
  .meta:hover {
    background: none;
    text-decoration: underline;
  }
  /* A finger needs more room than the small print takes. */
  .meta::after {
    content: "";
    position: absolute;
    inset: -0.65rem;
  }
  .meta .glyph {
    inline-size: 1.1rem;
    block-size: 1.1rem;
  }
  .meta.faint {
    justify-content: flex-end;
  }
  /* Beside a mouse it is for the Tab key alone, and takes no room from the text. */
  @media (hover: hover) {
    .bubble {
      position: relative;
    }
    .meta.faint {
      position: absolute;
      inset-block: auto 0.2rem;
      inset-inline-end: 0.4rem;
      background: var(--under-mark);
      opacity: 0;
      pointer-events: none;
    }
    .meta.faint:focus-visible {
      opacity: 1;
    }
  }
  .queued .bubble {
    background: none;
    border: 1px dashed var(--edge);
    --under-mark: var(--bg);
  }
  .queued .meta {
    color: var(--soft);
  }
  .label {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    align-items: center;
    gap: 0.25rem 0.75rem;
    max-inline-size: min(85%, 36rem);
    margin-block-start: 0.2rem;
    padding-inline: 0.5rem;
    font-size: 0.8125rem;
    color: var(--soft);
    text-align: end;
  }
  .label.failed {
    color: var(--danger);
  }
  .said {
    position: absolute;
    inset-block-end: 0.75rem;
    inset-inline: 0;
    inline-size: fit-content;
    margin-inline: auto;
    padding: 0.35rem 0.9rem;
    border-radius: 1rem;
    background: var(--ink);
    color: var(--bg);
    font-size: 0.875rem;
  }
  .jump {
    position: absolute;
    inset-block-end: 0.75rem;
    inset-inline-end: 1rem;
    display: inline-flex;
    align-items: center;
    gap: 0.4rem;
    padding-inline: 0.6rem;
    background: var(--raised);
    box-shadow: 0 0.25rem 0.9rem rgb(0 0 0 / 0.18);
  }
  .jump:has(.unseen) {
    padding-inline: 0.55rem;
  }
  @media (forced-colors: active) {
    .bubble,
    .mine .bubble {
      border: 1px solid CanvasText;
    }
    .day time {
      border: 1px solid CanvasText;
    }
  }
`;
