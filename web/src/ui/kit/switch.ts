/** A switch with its name and, below that, what it does. */
import { css, html, type TemplateResult } from "lit";

export interface Switch {
  /** Unique among the switches of one element. */
  id: string;
  label: string;
  hint: string;
  /** The id of what else describes it, in the same element. */
  describedBy?: string;
  on: boolean;
  disabled?: boolean;
  /** What it is to be. The drawing follows the state, not the press. */
  press(on: boolean): void;
}

export function toggle({ id, label, hint, describedBy = "", on, disabled = false, press }: Switch): TemplateResult {
  const change = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const wanted = input.checked;
    input.checked = on;
    press(wanted);
  };
  return html`<label class="switch">
    <span><span id="${id}-name">${label}</span><span id="${id}-hint" class="hint">${hint}</span></span>
    <input
      type="checkbox"
      role="switch"
      aria-labelledby="${id}-name"
      aria-describedby="${id}-hint ${describedBy}"
      .checked=${on}
      ?disabled=${disabled}
      @change=${change}
    />
  </label>`;
}

export const switchStyles = css`
  .switch {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 1rem;
    min-block-size: 2.75rem;
    margin: 0;
    font-weight: 400;
    cursor: pointer;
  }
  .switch > span {
    display: grid;
    gap: 0.1rem;
    min-inline-size: 0;
  }
  .switch input {
    appearance: none;
    flex: none;
    position: relative;
    inline-size: 2.9rem;
    block-size: 1.75rem;
    margin: 0;
    border: 1px solid var(--edge);
    border-radius: 1rem;
    background: var(--hover);
    cursor: pointer;
    transition: background 0.12s;
  }
  .switch input::before {
    content: "";
    position: absolute;
    inset-block-start: 0.2rem;
    inset-inline-start: 0.2rem;
    inline-size: 1.22rem;
    block-size: 1.22rem;
    border-radius: 50%;
    background: var(--edge);
    transition: inset-inline-start 0.12s;
  }
  .switch input:checked {
    border-color: var(--accent);
    background: var(--accent);
  }
  .switch input:checked::before {
    inset-inline-start: 1.35rem;
    background: var(--on-accent);
  }
  .switch input:disabled {
    opacity: 0.55;
    cursor: default;
  }
  .switch:has(:disabled) {
    cursor: default;
  }
  .switch input:focus-visible {
    outline-offset: 2px;
  }
  @media (forced-colors: active) {
    .switch input::before {
      background: ButtonText;
    }
    .switch input:checked {
      forced-color-adjust: none;
      border-color: Highlight;
      background: Highlight;
    }
    .switch input:checked::before {
      background: HighlightText;
    }
  }
`;
