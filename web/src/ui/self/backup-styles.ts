/** The look of the sheet of the 24 words. */
import { css } from "lit";

export const backupStyles = css`
  .stack:focus {
    outline: none;
  }
  .points {
    display: grid;
    gap: 0.25rem;
  }
  .points ul {
    display: grid;
    gap: 0.25rem;
    padding-inline-start: 1.2rem;
    list-style: disc;
  }
  .warn {
    padding: 0.7rem 0.9rem;
    border-radius: 0.8rem;
    background: var(--warn-bg);
    color: var(--warn-ink);
  }
  .words {
    line-height: 1.9;
  }
  .words bdi {
    font-weight: 600;
    overflow-wrap: normal;
    white-space: nowrap;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
  .tools > * {
    display: grid;
    flex: 1 1 6rem;
    min-inline-size: max-content;
    place-items: center;
  }
  .tools nodus-copy {
    place-items: stretch;
  }
  .clip {
    display: grid;
    justify-items: start;
    gap: 0.5rem;
  }
  .clip:not(:has(*)) {
    display: none;
  }
  .field {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.4rem;
  }
  .field label {
    margin: 0;
  }
  .or {
    text-align: center;
  }
  .tick {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    min-block-size: 2.75rem;
    margin: 0;
    font-weight: 400;
    cursor: pointer;
  }
  .tick input {
    flex: none;
    inline-size: 1.4rem;
    block-size: 1.4rem;
    margin: 0;
    accent-color: var(--accent);
  }
  .done {
    display: grid;
    justify-items: center;
    gap: 0.5rem;
    padding-block: 0.5rem;
    text-align: center;
  }
  .seal {
    display: grid;
    place-items: center;
    inline-size: 4rem;
    block-size: 4rem;
    border-radius: 50%;
    background: var(--tint);
    color: var(--accent);
  }
  .seal .glyph {
    inline-size: 2.25rem;
    block-size: 2.25rem;
  }
`;
