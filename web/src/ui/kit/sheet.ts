/**
 * A sheet over the app: a native modal dialog, from below on a small screen and in the middle on a large one. It opens
 * when it is put into the page and asks to "leave"; whoever put it there takes it away. Focus returns where it was.
 */
import { css, html, type PropertyDeclarations, type TemplateResult } from "lit";
import { say } from "../words/sentences.ts";
import { icon } from "./icons.ts";
import { kit } from "./styles.ts";
import { View } from "./view.ts";

export class SheetElement extends View {
  static override properties: PropertyDeclarations = { ...View.properties, label: {} };
  static override styles = [
    kit,
    css`
      dialog {
        inline-size: min(30rem, 100vw);
        max-inline-size: none;
        max-block-size: calc(100dvh - 2rem);
        margin: auto;
        padding: 0;
        border: 1px solid var(--line);
        border-radius: 1.2rem;
        color: var(--ink);
        background: var(--raised);
        box-shadow: 0 1rem 3rem rgb(0 0 0 / 0.25);
        overflow: hidden;
      }
      dialog[open] {
        display: flex;
        flex-direction: column;
        animation: rise 0.16s ease-out;
      }
      @keyframes rise {
        from {
          transform: translateY(0.75rem);
        }
      }
      dialog:focus {
        outline: none;
      }
      dialog::backdrop {
        background: rgb(10 14 16 / 0.45);
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem;
        padding-block: 0.6rem 0.2rem;
        padding-inline: 1.25rem 0.6rem;
      }
      h2 {
        min-inline-size: 0;
        padding-block: 0.45rem;
        font-size: 1.15rem;
        overflow-wrap: anywhere;
      }
      .failed {
        padding-inline: 1.25rem;
        color: var(--danger);
      }
      .body {
        padding: 0.4rem 1.25rem 1.25rem;
        overflow-y: auto;
        overscroll-behavior: contain;
      }
      @media (max-width: 599px) {
        dialog {
          inline-size: 100%;
          margin-block-end: 0;
          border-end-start-radius: 0;
          border-end-end-radius: 0;
          border-block-end: 0;
          padding-block-end: env(safe-area-inset-bottom);
        }
      }
    `,
  ];
  declare label: string;
  #before: HTMLElement | undefined;
  /** The press began inside: a selection that is drawn out of the sheet ends on the backdrop, too. */
  #inside = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#before = focused();
  }
  protected override firstUpdated(): void {
    // The slotted content may still have to draw itself; it is what gets the focus.
    queueMicrotask(() => {
      const dialog = this.#dialog;
      if (!dialog || !this.isConnected || dialog.open) return;
      dialog.showModal();
      (this.querySelector<HTMLElement>("[autofocus]") ?? dialog).focus();
    });
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.#before?.isConnected) this.#before.focus();
  }

  protected override render(): TemplateResult {
    return html`<dialog
      tabindex="-1"
      aria-labelledby="label"
      @cancel=${(event: Event) => {
        event.preventDefault();
        this.#leave();
      }}
      @close=${this.#leave}
      @pointerdown=${({ target, currentTarget }: Event) => {
        this.#inside = target !== currentTarget;
      }}
      @click=${this.#onClick}
    >
      <header>
        <h2 id="label">${this.label}</h2>
        <button class="icon" type="button" aria-label=${say.close} @click=${this.#leave}>${icon.close()}</button>
      </header>
      <p class="failed" role="status">${this.ui.failed ? say.commandFailed : ""}</p>
      <div class="body"><slot></slot></div>
    </dialog>`;
  }

  #onClick = ({ target, currentTarget }: Event): void => {
    if (target === currentTarget && !this.#inside) this.#leave(); // the backdrop is the dialog's own
  };
  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }
  #leave = (): void => {
    this.dispatchEvent(new CustomEvent("leave"));
  };
}

/** The element that has the focus, through all shadow roots. */
export function focused(): HTMLElement | undefined {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element instanceof HTMLElement && element !== document.body ? element : undefined;
}
