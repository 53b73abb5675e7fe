/** The look of the groups of the settings. */
import { css } from "lit";

export const groupStyles = css`
  :host {
    display: block;
  }
  section {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.7rem;
    padding-block-start: 1.1rem;
    border-block-start: 1px solid var(--line);
  }
  section > .quiet,
  section > .primary {
    justify-self: start;
  }
  /* Stands ready for what will be said, and takes no room until then. */
  section > [role="status"]:not(:has(*)) {
    margin-block-start: -0.7rem;
  }
  .warn {
    padding: 0.7rem 0.9rem;
    border-radius: 0.8rem;
    background: var(--warn-bg);
    color: var(--warn-ink);
    font-size: 0.9375rem;
  }
`;
