/**
 * A popover with emoji to put into a text: a small set of our own in groups, searched by name, the recently used first.
 * What was used is kept in memory only. Loaded when it is first opened.
 */
import { css, html, LitElement, type PropertyDeclarations, type TemplateResult } from "lit";
import { composes } from "../kit/composing.ts";
import { Outside } from "../kit/outside.ts";
import { floating, kit } from "../kit/styles.ts";
import { EMOJI, picker } from "../words/sentences-emoji.ts";

/** Two rows. */
const RECENT_MAX = 14;
const EDGE_PX = 8;
/** Newest first; all composers of this page share it. */
const recent: string[] = [];
/** On a touch keyboard the search would cover what is searched. */
const touch = matchMedia("(hover: none) and (pointer: coarse)");

type Group = keyof typeof EMOJI;
interface Shown {
  readonly name: string;
  readonly emoji: readonly (readonly [emoji: string, name: string])[];
}
const groups = Object.keys(EMOJI) as Group[];
const all = (): [string, string][] => groups.flatMap((group) => Object.entries(EMOJI[group]));

export class EmojiElement extends LitElement {
  static override properties: PropertyDeclarations = { filter: { state: true } };
  static override styles = [
    kit,
    floating,
    css`
      [popover] {
        inline-size: min(21.5rem, calc(100vw - 1rem));
        block-size: min(24rem, calc(100dvh - 6rem));
        padding: 0.6rem;
        border-radius: 1.1rem;
        overflow: hidden;
      }
      [popover]:popover-open {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
        gap: 0.5rem;
      }
      .groups {
        overflow-y: auto;
        overscroll-behavior: contain;
      }
      h3 {
        padding: 0.4rem 0.3rem 0.1rem;
        font-size: 0.8125rem;
        color: var(--soft);
      }
      .set {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(2.75rem, 1fr));
      }
      .set button {
        padding: 0;
        border-radius: 0.7rem;
        font-size: 1.6rem;
        line-height: 1;
      }
      .set button:focus-visible {
        outline-offset: -2px;
      }
      .none {
        padding: 1rem 0.4rem;
      }
    `,
  ];
  declare filter: string;
  #closed: (() => void) | undefined;
  readonly #outside = new Outside();

  constructor() {
    super();
    this.filter = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#outside.end();
  }

  protected override render(): TemplateResult {
    const shown = this.#shown();
    let first = true;
    return html`<div popover="manual" role="dialog" aria-label=${picker.emoji} @keydown=${this.#onKey}>
      <input type="text" aria-label=${picker.search} placeholder=${picker.search} autocomplete="off" .value=${this.filter} @input=${this.#onInput} />
      <div class="groups">
        ${shown.map(({ name, emoji }) => {
          const set = emoji.map(([each, of]) => {
            const stop = first ? "0" : "-1";
            first = false;
            return html`<button type="button" tabindex=${stop} aria-label=${of} title=${of} data-emoji=${each} @click=${this.#onClick}><bdi>${each}</bdi></button>`;
          });
          return html`<section aria-label=${name}><h3 aria-hidden="true">${name}</h3><div class="set">${set}</div></section>`;
        })}
        <p role="status" class="hint none">${shown.length === 0 ? picker.none : ""}</p>
      </div>
    </div>`;
  }
  #shown(): Shown[] {
    const typed = this.filter.trim().toLocaleLowerCase();
    if (typed !== "") {
      const emoji = all().filter(([, name]) => name.toLocaleLowerCase().includes(typed));
      return emoji.length > 0 ? [{ name: picker.emoji, emoji }] : [];
    }
    const names = new Map(all());
    const used: Shown = { name: picker.recent, emoji: recent.map((each) => [each, names.get(each) ?? ""] as const) };
    const others = groups.map((group) => ({ name: picker[group], emoji: Object.entries(EMOJI[group]) }));
    return recent.length > 0 ? [used, ...others] : others;
  }

  /** Above the button it belongs to. `closed` puts the focus where it goes on. */
  async open(place: DOMRect, closed: () => void): Promise<void> {
    if (this.#outside.closedFrom(place)) return;
    this.filter = "";
    await this.updateComplete;
    const popover = this.#popover;
    if (!popover || popover.matches(":popover-open")) return;
    this.#closed = closed;
    popover.showPopover();
    this.#outside.watch(popover, () => this.#hide());
    const { width, height } = popover.getBoundingClientRect();
    const rtl = getComputedStyle(popover).direction === "rtl";
    const left = rtl ? place.right - width : place.left;
    popover.style.left = `${Math.max(EDGE_PX, Math.min(left, innerWidth - width - EDGE_PX))}px`;
    popover.style.top = `${Math.max(EDGE_PX, place.top - height - EDGE_PX)}px`;
    this.renderRoot.querySelector<HTMLElement>(touch.matches ? "button" : "input")?.focus();
  }

  #choose(emoji: string): void {
    const at = recent.indexOf(emoji);
    if (at >= 0) recent.splice(at, 1);
    recent.unshift(emoji);
    recent.splice(RECENT_MAX);
    this.dispatchEvent(new CustomEvent("emoji", { detail: emoji }));
    this.#close();
  }
  #close(): void {
    this.#hide();
    this.#closed?.();
  }
  #hide(): void {
    this.#outside.end();
    this.#popover?.hidePopover();
  }
  #onClick = (event: Event): void => {
    const { emoji } = (event.currentTarget as HTMLElement).dataset;
    if (emoji !== undefined) this.#choose(emoji);
  };
  #onInput = (event: Event): void => {
    this.filter = (event.target as HTMLInputElement).value;
  };

  #onKey = (event: KeyboardEvent): void => {
    if (composes(event)) return;
    const buttons = [...this.renderRoot.querySelectorAll<HTMLElement>(".set button")];
    const at = buttons.indexOf(event.target as HTMLElement);
    const rtl = getComputedStyle(this).direction === "rtl";
    const aside: Record<string, number> = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 };
    const step = aside[event.key];
    if (event.key === "Escape") this.#close();
    else if (at < 0 && event.key === "Enter") buttons[0]?.click();
    else if (at < 0 && event.key === "ArrowDown") buttons[0]?.focus();
    else if (at >= 0 && step !== undefined) buttons[at + step]?.focus();
    else if (at >= 0 && event.key === "ArrowDown") beside(buttons, at, 1)?.focus();
    else if (at >= 0 && event.key === "ArrowUp") (beside(buttons, at, -1) ?? this.#field)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  get #popover(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>("[popover]");
  }
  get #field(): HTMLElement | null {
    return this.renderRoot.querySelector("input");
  }
}

/** The button in the next row, or the one before, that is nearest in its line. */
function beside(buttons: readonly HTMLElement[], at: number, step: 1 | -1): HTMLElement | undefined {
  const boxes = buttons.map((button) => button.getBoundingClientRect());
  const from = boxes[at] as DOMRect;
  let found: number | undefined;
  for (let next = at + step; boxes[next] !== undefined; next += step) {
    const box = boxes[next] as DOMRect;
    const best = found === undefined ? undefined : (boxes[found] as DOMRect);
    if (box.top === from.top) continue;
    if (best && box.top !== best.top) break;
    if (!best || Math.abs(box.left - from.left) < Math.abs(best.left - from.left)) found = next;
  }
  return found === undefined ? undefined : buttons[found];
}
customElements.define("nodus-emoji", EmojiElement);
