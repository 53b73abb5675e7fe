/**
 * The network as this node sees it: the ring of all ids with the own one at the top, each link as a dot at its place
 * with a chord to it, and by length of bars where the cells lie that are kept for others.
 *
 * To a screen reader the picture is one image with a sentence; its dots are a list of buttons beside it, one stop for
 * the Tab key and then the arrow keys along the ring. The table of links on the page says the same at length.
 */
import { html, type PropertyDeclarations, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { ChatView, LinkView, NodeView } from "#app/api.ts";
import { bytes, span } from "../kit/format.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { type Kind, note } from "../words/sentences-node.ts";
import { contactOf, kindOf, roleOf, shortId, tripOf } from "./link-words.ts";
import { mapStyles } from "./node-map-styles.ts";
import { at, type Point, spread, turnOf } from "./ring.ts";

// All in units of the picture.
const MIDDLE = 160;
const RADIUS = 110;
const BARS = { from: 121, most: 20, width: 7 };
const LABEL = { y: 12, inward: 13, below: 23, crowded: MIDDLE - 0.75 * RADIUS, letters: 16 };
const DOT = 5.5;
const GAP = 13; // from dot to dot along the ring

interface Dot extends Point {
  link: LinkView;
  kind: Kind;
  name: string | undefined;
}

export class NodeMapElement extends View {
  static override properties: PropertyDeclarations = {
    ...View.properties,
    node: { attribute: false },
    chats: { attribute: false },
    picked: { attribute: false },
  };
  static override styles = [kit, mapStyles];
  declare node: NodeView;
  declare chats: readonly ChatView[];
  /** The peer that is shown; asked for by the event "pick". */
  declare picked: string | undefined;
  /** Bytes of each link at the last drawing; what has grown flows. */
  #before = new Map<string, number>();
  #flowing = new Set<string>();
  #beat = false;
  #drawn: NodeView | undefined;

  protected override willUpdate(): void {
    if (this.node === this.#drawn) return;
    this.#drawn = this.node;
    this.#beat = !this.#beat;
    const now = new Map(this.node.links.map(({ peer, bytesIn, bytesOut }) => [peer, bytesIn + bytesOut]));
    this.#flowing = new Set(
      [...now].filter(([peer, sum]) => sum > (this.#before.get(peer) ?? sum)).map(([peer]) => peer),
    );
    this.#before = now;
  }

  protected override render(): TemplateResult {
    const dots = this.#dots();
    const picked = dots.find(({ link }) => link.peer === this.picked);
    return html`<div class="stage">
      ${this.#ring(dots, picked)}
      <ul class="dots unseen" aria-label=${note.dots} @keydown=${(event: KeyboardEvent) => this.#onKey(event, dots)}>
        ${repeat(dots, peerOf, (dot, index) => this.#button(dot, picked ? dot === picked : index === 0))}
      </ul>
      <div class="beside">
        <div class="peer ${dots.length > 0 ? "reserved" : ""}">
          ${picked ? facts(picked) : html`<p class="hint">${dots.length > 0 ? note.pickHint : note.noLinks}</p>`}
        </div>
        ${this.#legend()}
      </div>
    </div>`;
  }

  #dots(): Dot[] {
    const { nodeId, links } = this.node;
    const sorted = links
      .map((link) => ({ link, turn: turnOf(link.peer, nodeId) }))
      .sort((a, b) => a.turn - b.turn || a.link.peer.localeCompare(b.link.peer));
    const turns = spread(
      sorted.map(({ turn }) => turn),
      GAP / (2 * Math.PI * RADIUS),
    );
    return sorted.map(({ link }, index) => ({
      link,
      kind: kindOf(link),
      name: contactOf(link, this.chats),
      ...at(turns[index] ?? 0, RADIUS, MIDDLE),
    }));
  }

  #ring(dots: readonly Dot[], picked: Dot | undefined): TemplateResult {
    const count = (kind: Kind): number => dots.filter((dot) => dot.kind === kind).length;
    const words = note.map(dots.length, count("anchor"), count("relayed"), this.node.cellsKept);
    const size = Math.min(DOT, (Math.PI * RADIUS) / (dots.length + 1) - 0.4);
    return html`<svg class="ring" role="img" aria-label=${words} viewBox="0 0 ${2 * MIDDLE} ${2 * MIDDLE}">
      <circle class="circle" cx=${MIDDLE} cy=${MIDDLE} r=${RADIUS} />
      ${this.#bars()}
      ${repeat(dots, peerOf, (dot) => this.#chord(dot))}
      <circle class="me" cx=${MIDDLE} cy=${MIDDLE - RADIUS} r="8" />
      <text class="you" x=${MIDDLE} y=${LABEL.y}>${note.you}</text>
      ${repeat(dots, peerOf, (dot) => this.#dot(dot, size))} ${picked ? svg`<circle class="mark" cx=${picked.x} cy=${picked.y} r="11" />` : ""}
      ${repeat(dots, peerOf, label)}
    </svg>`;
  }

  #bars(): SVGTemplateResult[] {
    const { keptAt, nodeId } = this.node;
    const most = Math.max(1, ...keptAt);
    // The middle of the first slice, seen from the own node at the top.
    const first = 1 - turnOf(nodeId, "0".repeat(nodeId.length)) + 0.5 / Math.max(1, keptAt.length);
    return keptAt.map((count, slice) => {
      const height = Math.sqrt(count / most) * BARS.most;
      const turn = 360 * (first + slice / keptAt.length);
      return svg`<g transform="rotate(${turn.toFixed(2)} ${MIDDLE} ${MIDDLE})">
        <rect class="bar" x=${MIDDLE - BARS.width / 2} width=${BARS.width} y=${(MIDDLE - BARS.from - height).toFixed(2)} height=${height.toFixed(2)} rx="1.5" />
      </g>`;
    });
  }

  #chord({ link, kind, x, y }: Dot): SVGTemplateResult {
    const top = MIDDLE - RADIUS;
    const bend = (a: number, b: number): number => MIDDLE + 0.3 * ((a + b) / 2 - MIDDLE);
    const flow = this.#flowing.has(link.peer) ? (this.#beat ? "flow-a" : "flow-b") : "";
    const picked = link.peer === this.picked ? "picked" : "";
    return svg`<path class="chord ${kind} ${flow} ${picked}" d="M${MIDDLE} ${top}Q${bend(MIDDLE, x)} ${bend(top, y)} ${x} ${y}" />`;
  }

  #dot({ link, kind, name, x, y }: Dot, size: number): SVGTemplateResult {
    const pick = (): void => this.#pick(link.peer);
    const picked = link.peer === this.picked ? "picked" : "";
    return svg`<g class="dot ${kind} ${picked}" data-peer=${link.peer} transform="translate(${x} ${y})" @pointerenter=${pick} @click=${pick}>
      <circle class="reach" r=${size + 6} />
      ${shape(kind, size)}
      ${name === undefined ? "" : svg`<circle class="halo" r=${size + 3.5} />`}
    </g>`;
  }

  #button({ link, kind, name }: Dot, stop: boolean): TemplateResult {
    const pick = (): void => this.#pick(link.peer);
    const label = note.dot(name ?? shortId(link.peer), kind, tripOf(link));
    return html`<li><button type="button" data-peer=${link.peer} tabindex=${stop ? 0 : -1} aria-label=${label} @focus=${pick} @click=${pick}></button></li>`;
  }

  #legend(): TemplateResult {
    const kinds: Kind[] = ["direct", "anchor", "relayed"];
    const line = (kind: Kind) =>
      svg`<path class="chord ${kind}" d="M0 10H34" /><g class=${kind} transform="translate(36 10)">${shape(kind, DOT)}</g>`;
    const most = Math.max(0, ...this.node.keptAt);
    return html`<ul class="legend" aria-label=${note.legend}>
        ${kinds.map((kind) => html`<li>${sample(line(kind))}<span>${note.kind(kind)}</span></li>`)}
        <li>
          ${sample(svg`<g class="direct" transform="translate(34 10)"><circle class="halo" r="8.500" />${shape("direct", DOT)}</g>`)}
          <span>${note.contactDot}</span>
        </li>
        <li>
          ${sample(svg`<rect class="bar" x="16" y="8" width="7" height="12" /><rect class="bar" x="26" y="2" width="7" height="18" /><rect class="bar" x="36" y="12" width="7" height="8" />`)}
          <span>${most > 0 ? note.keptMost(most) : note.keptBars}</span>
        </li>
      </ul>
      <p class="hint">${note.spread}</p>`;
  }

  #onKey(event: KeyboardEvent, dots: readonly Dot[]): void {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const now = dots.findIndex(({ link }) => link.peer === (event.target as HTMLElement).dataset["peer"]);
    const step = steps[event.key];
    let next = event.key === "Home" ? 0 : event.key === "End" ? dots.length - 1 : undefined;
    if (step !== undefined) next = (now + step + dots.length) % dots.length;
    const peer = next === undefined ? undefined : dots[next]?.link.peer;
    if (peer === undefined) return;
    event.preventDefault();
    this.renderRoot.querySelector<HTMLElement>(`button[data-peer="${peer}"]`)?.focus();
  }
  #pick(peer: string): void {
    if (peer !== this.picked) this.dispatchEvent(new CustomEvent("pick", { detail: peer }));
  }
}

const peerOf = ({ link }: Dot): string => link.peer;
const sample = (drawing: SVGTemplateResult): TemplateResult =>
  html`<svg viewBox="0 0 44 20" aria-hidden="true">${drawing}</svg>`;

function shape(kind: Kind, size: number): SVGTemplateResult {
  if (kind === "anchor") return svg`<rect class="shape" x=${-size} y=${-size} width=${2 * size} height=${2 * size} />`;
  const side = size * 1.25;
  if (kind === "relayed") return svg`<path class="shape" d="M0 ${-side}L${side} ${side}H${-side}z" />`;
  return svg`<circle class="shape" r=${size} />`;
}

/** A contact's name, from its dot towards the middle; beside the own node, below its dot. */
function label({ name, x, y }: Dot): SVGTemplateResult | "" {
  if (name === undefined) return "";
  const short = name.length > LABEL.letters ? `${name.slice(0, LABEL.letters - 1)}…` : name;
  const text = note.contactName(short);
  if (y < LABEL.crowded) return svg`<text class="below" x=${x} y=${y + LABEL.below}>${text}</text>`;
  const left = x < MIDDLE;
  return svg`<text class=${left ? "left" : "right"} x=${x + (left ? LABEL.inward : -LABEL.inward)} y=${y + 4}>${text}</text>`;
}

function facts({ link, name }: Dot): TemplateResult {
  const rows: [string, string | TemplateResult][] = [
    [note.peer, html`<bdi class="mono">${shortId(link.peer)}</bdi>`],
    [note.role, roleOf(link)],
    [note.carrier, note.carrierName(link.carrier)],
    [note.age, say.date(span(link.age))],
    [note.roundTrip, tripOf(link)],
    [note.bytesIn, say.date(bytes(link.bytesIn))],
    [note.bytesOut, say.date(bytes(link.bytesOut))],
  ];
  if (name !== undefined) rows.unshift([note.name, html`<bdi>${name}</bdi>`]);
  return html`<dl>${rows.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`;
}
customElements.define("nodus-node-map", NodeMapElement);
