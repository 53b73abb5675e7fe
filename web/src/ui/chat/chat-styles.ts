/** The look of the open chat around its messages. */
import { css } from "lit";

export const chatStyles = css`
  :host {
    display: grid;
    grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
    block-size: 100%;
    min-inline-size: 0;
  }
  header {
    display: flex;
    align-items: center;
    gap: 0.7rem;
    min-block-size: 3.75rem;
    padding: 0.35rem clamp(0.4rem, 2vw, 1.25rem);
    border-block-end: 1px solid var(--line);
    background: var(--surface);
  }
  .whom {
    display: flex;
    flex: 1;
    align-items: center;
    gap: 0.7rem;
    min-inline-size: 0;
    cursor: pointer;
  }
  .who {
    min-inline-size: 0;
  }
  h2:focus {
    outline: none;
  }
  .state {
    font-size: 0.8125rem;
    color: var(--soft);
  }
  .state.linked {
    color: var(--accent);
  }
  .foot {
    display: grid;
    gap: 0.5rem;
    inline-size: 100%;
    max-inline-size: 52rem;
    margin-inline: auto;
    padding: 0.4rem clamp(0.6rem, 3vw, 1.75rem) max(0.7rem, env(safe-area-inset-bottom));
  }
  .bar {
    display: grid;
    gap: 0.6rem;
    padding: 0.75rem 1rem;
    border: 1px solid var(--line);
    border-radius: 1rem;
    background: var(--surface);
    font-size: 0.9375rem;
  }
  .bar .row {
    justify-content: flex-end;
  }
  @media (max-width: 379px) {
    .bar .row > button {
      flex: 1 1 auto;
    }
  }
  .bar.warns {
    border-color: transparent;
    background: var(--warn-bg);
    color: var(--warn-ink);
  }
  .wait {
    align-self: center;
    justify-self: center;
  }
  @media (min-width: 900px) {
    button.back {
      display: none;
    }
    header {
      padding-inline: 1.25rem;
    }
  }
  .who {
    flex: 1;
  }
  .undo {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.25rem 1rem;
    padding: 0.35rem 0.4rem 0.35rem 1rem;
    padding-inline: 1rem 0.4rem;
    border-radius: 1rem;
    background: var(--ink);
    color: var(--bg);
    font-size: 0.9375rem;
  }
  .undo span {
    flex: 1 1 10rem;
  }
  .undo button {
    font-weight: 600;
  }
  .undo button:hover {
    background: color-mix(in oklab, var(--bg) 18%, transparent);
  }
  .undo :focus-visible {
    outline-color: currentColor;
  }
`;
