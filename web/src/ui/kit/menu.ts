/**
 * A menu over the page: a native popover with buttons, opened at a point or at the button that it belongs to. Arrow keys
 * go from item to item; Escape, Tab or a click elsewhere close it; the focus returns where it was.
 */
import { css, html, LitElement, type PropertyDeclarations, type TemplateResult } from "lit";
import { Outside } from "./outside.ts";
import { focused } from "./sheet.ts";
import { floating, kit } from "./styles.ts";

export interface MenuItem {
  label: string;
  danger?: boolean;
  act(): void;
}
/** Left between a menu and the edge of the screen. */
const EDGE_PX = 8;

export class MenuElement extends LitElement {
  static override properties: PropertyDeclarations = { label: {}, items: { state: true } };
  static override styles = [
    kit,
    floating,
    css`
      [popover] {
        min-inline-size: 11rem;
        max-inline-size: min(20rem, calc(100vw - 1rem));
        padding: 0.35rem;
        border-radius: 1rem;
      }
      button {
        display: block;
        inline-size: 100%;
        padding: 0.5rem 0.8rem;
        border-radius: 0.7rem;
        text-align: start;
      }
      button:focus-visible {
        outline-offset: -2px;
      }
    `,
  ];
  declare label: string;
  declare items: readonly MenuItem[];
  #before: HTMLElement | undefined;
  readonly #outside = new Outside();

  constructor() {
    super();
    this.items = [];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#outside.end();
  }

  protected override render(): TemplateResult {
    return html`<div popover="manual" role="menu" aria-label=${this.label} @keydown=${this.#onKey}>
      ${this.items.map(
        (item) =>
          html`<button type="button" role="menuitem" tabindex="-1" class=${item.danger ? "danger" : ""} @click=${() => this.#choose(item)}>${item.label}</button>`,
      )}
    </div>`;
  }

  /** Opens below `place` or, where there is no room, above it; ends where it ends in the direction of reading. */
  async open(items: readonly MenuItem[], place: DOMRect): Promise<void> {
    if (this.#outside.closedFrom(place)) return;
    this.items = items;
    await this.updateComplete;
    const popover = this.#popover;
    if (!popover || popover.matches(":popover-open")) return;
    this.#before = focused();
    popover.showPopover();
    this.#outside.watch(popover, () => this.#close());
    const { width, height } = popover.getBoundingClientRect();
    const rtl = getComputedStyle(popover).direction === "rtl";
    const left = place.width === 0 ? place.left - (rtl ? width : 0) : rtl ? place.left : place.right - width;
    const top = place.bottom + height + EDGE_PX > innerHeight ? place.top - height : place.bottom;
    popover.style.left = `${within(left, innerWidth - width)}px`;
    popover.style.top = `${within(top, innerHeight - height)}px`;
    this.#buttons[0]?.focus();
  }

  #close(): void {
    this.#outside.end();
    this.#popover?.hidePopover();
    if (this.#before?.isConnected) this.#before.focus({ preventScroll: true });
    this.#before = undefined;
  }
  #choose(item: MenuItem): void {
    this.#close();
    item.act();
  }
  #onKey = (event: KeyboardEvent): void => {
    const buttons = this.#buttons;
    const at = buttons.indexOf(event.target as HTMLElement);
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const to = steps[event.key];
    if (event.key === "Escape" || event.key === "Tab") this.#close();
    else if (to !== undefined) buttons.at(to % buttons.length)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  get #popover(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>("[popover]");
  }
  get #buttons(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>("[role=menuitem]")];
  }
}
const within = (at: number, most: number): number => Math.max(EDGE_PX, Math.min(at, most - EDGE_PX));
