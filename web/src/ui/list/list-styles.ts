/** The look of the list of chats. */
import { css } from "lit";

export const listStyles = css`
  :host {
    display: grid;
    grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
    block-size: 100%;
    min-inline-size: 0;
    background: var(--surface);
  }
  header {
    display: flex;
    align-items: center;
    gap: 0.1rem;
    min-block-size: 3.75rem;
    padding: 0.35rem 0.75rem 0.35rem 1.1rem;
    padding-inline: 1.1rem 0.75rem;
  }
  /* Its room does not depend on its words, so that no button moves when they change. */
  header h2 {
    flex: 1 0 6.5rem;
    font-size: 1.3rem;
  }
  header h2.busy {
    font-size: 1rem;
  }
  .new {
    display: inline-flex;
    align-items: center;
    gap: 0.3rem;
    margin-inline-start: 0.4rem;
    padding-inline: 0.7rem 1rem;
    white-space: nowrap;
  }
  .new .glyph {
    inline-size: 1.25rem;
    block-size: 1.25rem;
  }
  @media (max-width: 379px) {
    header {
      padding-inline: 0.9rem 0.5rem;
    }
    /* The heading needs the room, more so while it says that it is connecting and in longer languages. */
    header .new {
      justify-content: center;
      inline-size: 2.75rem;
      padding: 0;
    }
    header .new span {
      position: absolute;
      inline-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }
  .scroll {
    position: relative;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 0.25rem 0.5rem max(0.75rem, env(safe-area-inset-bottom));
  }
  section {
    margin-block-end: 0.75rem;
    padding-block-end: 0.5rem;
    border-block-end: 1px solid var(--line);
  }
  section h3,
  .note {
    padding-inline: 0.65rem;
  }
  .chat {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    inline-size: 100%;
    padding: 0.6rem 0.65rem;
    border-radius: 0.9rem;
    text-align: start;
    outline-offset: -2px;
  }
  .chat[aria-current="true"] {
    background: var(--tint);
    --soft: var(--tint-soft);
    --surface: var(--tint);
  }
  .lines {
    flex: 1;
    display: grid;
    gap: 0.1rem;
    min-inline-size: 0;
  }
  .line {
    display: flex;
    align-items: center;
    gap: 0.4rem;
    min-inline-size: 0;
  }
  .name {
    flex: 1;
    font-weight: 600;
  }
  .last {
    flex: 1;
    color: var(--soft);
    font-size: 0.9375rem;
  }
  /* A text is cut off at its own end, whichever way it reads: the ellipsis of a line follows the line. */
  .cut:has(> bdi) {
    display: flex;
    gap: 0.3em;
  }
  .cut > bdi {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .last em {
    font-style: normal;
    color: var(--danger);
  }
  .line time {
    color: var(--soft);
    font-size: 0.8125rem;
    white-space: nowrap;
  }
  .line .mark:not(.read, .failed) {
    color: var(--soft);
  }
  .fresh .last {
    color: var(--ink);
  }
  .fresh time {
    color: var(--accent);
  }
  .count {
    display: grid;
    place-items: center;
    min-inline-size: 1.4rem;
    block-size: 1.4rem;
    padding-inline: 0.4rem;
    border-radius: 0.7rem;
    background: var(--accent);
    color: var(--on-accent);
    font-size: 0.8125rem;
    font-weight: 600;
    position: relative;
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 0.6rem;
    padding: 3rem 1.25rem 2rem;
    text-align: center;
  }
  .empty .sign {
    inline-size: 3.5rem;
    color: var(--accent);
    margin-block-end: 0.4rem;
  }
  .empty .row {
    justify-content: center;
    margin-block-start: 0.5rem;
  }
  .invites {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    inline-size: 100%;
    margin-block-start: 0.5rem;
    padding: 0.6rem 0.65rem 0.6rem 1.2rem;
    padding-inline: 1.25rem 0.65rem;
    border-radius: 0.9rem;
    text-align: start;
    color: var(--soft);
  }
  .invites span {
    flex: 1;
  }
  .invites strong {
    color: var(--danger);
  }
  @media (forced-colors: active) {
    .chat[aria-current="true"] {
      border: 2px solid Highlight;
    }
    .count {
      border: 1px solid CanvasText;
    }
  }
`;
