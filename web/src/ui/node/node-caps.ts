/** What the person allows this node: to pause it for others, and how much it may take. */
import { css, html, type PropertyDeclarations, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { NodeView } from "#app/api.ts";
import { bytes } from "../kit/format.ts";
import { kit } from "../kit/styles.ts";
import { switchStyles, toggle } from "../kit/switch.ts";
import { View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { type Cap, note } from "../words/sentences-node.ts";

/** Few and far apart: nobody knows whether 40 or 48 links suit a device; fewer than 16 would cost the network siblings. */
const CHOICES: Record<Cap, readonly number[]> = {
  linksMax: [16, 32, 64, 128],
  storeBytes: [10e6, 50e6, 250e6, 1e9],
  bytesPerSecond: [50e3, 250e3, 1e6, 4e6],
};
const CAPS: readonly Cap[] = ["linksMax", "storeBytes", "bytesPerSecond"];

class NodeCapsElement extends View {
  static override properties: PropertyDeclarations = {
    ...View.properties,
    node: { attribute: false },
    doing: { state: true },
  };
  static override styles = [
    kit,
    switchStyles,
    css`
      .switch {
        padding: 0.75rem 0.9rem;
        border: 1px solid var(--line);
        border-radius: 0.9rem;
        background: var(--surface);
      }
      .caps {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr));
        gap: 0.2rem 1rem;
      }
      .caps > div {
        display: grid;
        grid-template-rows: subgrid;
        grid-row: span 3;
        margin-block-end: 0.8rem;
      }
      .caps label {
        align-self: end;
        margin-block-end: 0.15rem;
      }
      select {
        inline-size: 100%;
        min-block-size: 2.75rem;
        padding: 0.5rem 0.7rem;
        border: 1px solid var(--edge);
        border-radius: 0.8rem;
        background: var(--surface);
        color: inherit;
        font: inherit;
      }
      .status:empty {
        display: none;
      }
    `,
  ];
  declare node: NodeView;
  declare doing: "nothing" | "working" | "refused";

  constructor() {
    super();
    this.doing = "nothing";
  }

  protected override render(): TemplateResult {
    const { paused } = this.node;
    const words = this.doing === "working" ? note.working : this.doing === "refused" ? note.refused : "";
    return html`<div class="stack">
      ${toggle({
        id: "pause",
        label: note.pause,
        hint: note.pauseHint,
        describedBy: "pausing",
        on: paused,
        disabled: this.#busy,
        press: (on) => void this.#do(this.ui.app.pauseNode(on)),
      })}
      <p id="pausing" class="hint">${note.pausedMeaning}</p>
      <div class="caps">${CAPS.map((cap) => this.#cap(cap))}</div>
      <p class="status ${this.doing === "refused" ? "fault" : "hint"}" role="status">${words}</p>
    </div>`;
  }

  #cap(cap: Cap): TemplateResult {
    const chosen = this.node.caps[cap];
    const known = CHOICES[cap];
    // Set otherwise than here: shown as it is.
    const choices = chosen === undefined || known.includes(chosen) ? known : [...known, chosen].sort((a, b) => a - b);
    const value = chosen === undefined ? "" : String(chosen);
    return html`<div>
      <label for=${cap}>${note.cap(cap)}</label>
      <select id=${cap} aria-describedby="${cap}-hint" ?disabled=${this.#busy} .value=${live(value)} @change=${(event: Event) => this.#choose(cap, event)}>
        <option value="" ?selected=${value === ""}>${note.byDefault}</option>
        ${choices.map((choice) => html`<option value=${choice} ?selected=${choice === chosen}>${worded(cap, choice)}</option>`)}
      </select>
      <p id="${cap}-hint" class="hint">${note.nowLimit(worded(cap, this.node.limits[cap]))}<br />${note.capHint(cap)}</p>
    </div>`;
  }

  get #busy(): boolean {
    return this.doing === "working";
  }
  #choose(cap: Cap, event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    void this.#do(this.ui.app.setCaps({ ...this.node.caps, [cap]: value === "" ? undefined : Number(value) }));
  }
  async #do(command: Promise<void>): Promise<void> {
    this.doing = "working";
    this.doing = (await this.ui.run(command)) ? "nothing" : "refused";
  }
}

function worded(cap: Cap, value: number): string {
  if (cap === "linksMax") return say.integer(value);
  return cap === "storeBytes" ? say.date(bytes(value)) : note.perSecond(bytes(value));
}
customElements.define("nodus-node-caps", NodeCapsElement);
