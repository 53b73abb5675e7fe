/** What this node does for itself and for others, as it changes: picture, numbers, what is allowed, tables. */
import { css, html, type PropertyDeclarations, type TemplateResult } from "lit";
import type { NodeView, ReadyState } from "#app/api.ts";
import { bytes, span } from "../kit/format.ts";
import "./node-caps.ts";
import "./node-map.ts";
import { pageBar, pageStyles } from "../kit/page-styles.ts";
import { kit } from "../kit/styles.ts";
import { View } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { note } from "../words/sentences-node.ts";
import { contactsTable, counters, linksTable, tableStyles } from "./node-table.ts";

type Numbers = readonly (readonly [term: string, value: string])[];

class NodePageElement extends View {
  static override properties: PropertyDeclarations = { ...View.properties, picked: { state: true } };
  static override styles = [
    kit,
    pageStyles,
    tableStyles,
    css`
      .column {
        max-inline-size: 54rem;
      }
      .numbers {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(max(7.75rem, 22%), 1fr));
        gap: 0.6rem;
      }
      .numbers div {
        display: flex;
        flex-direction: column-reverse;
        justify-content: flex-end;
        padding: 0.75rem 0.9rem;
        border: 1px solid var(--line);
        border-radius: 0.9rem;
        background: var(--surface);
      }
      .numbers dd {
        font-size: 1.25rem;
        font-weight: 600;
        font-variant-numeric: tabular-nums;
        overflow-wrap: anywhere;
      }
      .numbers dt {
        color: var(--soft);
        font-size: 0.875rem;
      }
      .few {
        padding: 0.7rem 1rem;
        border-radius: 0.9rem;
        background: var(--warn-bg);
        color: var(--warn-ink);
      }
      h3 {
        margin-block-end: 0.5rem;
      }
    `,
  ];
  /** The peer that a dot or a row shows. */
  declare picked: string | undefined;

  protected override render(): TemplateResult {
    const { ready } = this;
    return html`${pageBar(this.ui, note.title)}
      <div class="page" tabindex="0" role="region" aria-label=${note.title}>
        <div class="column">
          <p class="hint">${note.intro}</p>
          ${ready?.node ? this.#node(ready.node, ready) : html`<p role="status">${say.loading}</p>`}
        </div>
      </div>`;
  }

  #node(node: NodeView, { chats }: ReadyState): TemplateResult {
    const pick = (peer: string): void => {
      this.picked = peer;
    };
    return html`${node.paused ? html`<p class="few">${note.paused}</p>` : ""} ${node.fewAnchors ? html`<p class="few">${note.fewAnchors}</p>` : ""}
      <div>
        <h3>${note.mapTitle}</h3>
        <nodus-node-map
          .ui=${this.ui}
          .node=${node}
          .chats=${chats}
          .picked=${this.picked}
          @pick=${({ detail }: CustomEvent<string>) => pick(detail)}
        ></nodus-node-map>
      </div>
      ${numbers(note.forOthers, forOthers(node))} ${numbers(note.forYou, forYou(node))} ${numbers(note.thisNode, itself(node))}
      <div>
        <h3>${note.allowTitle}</h3>
        <nodus-node-caps .ui=${this.ui} .node=${node}></nodus-node-caps>
      </div>
      <div>
        <h3 id="contacts">${note.contactsTitle}</h3>
        ${contactsTable(chats, node.links)}
      </div>
      <div>
        <h3 id="links">${note.linksTitle}</h3>
        ${linksTable(node.links, chats, { picked: this.picked, pick })}
      </div>
      <div>
        <h3>${note.nodeId}</h3>
        <p class="mono"><bdi>${node.nodeId}</bdi></p>
      </div>
      <div>
        <h3>${note.countersTitle}</h3>
        ${counters(node.counters)}
      </div>`;
  }
}

const numbers = (title: string, rows: Numbers): TemplateResult => html`<div>
  <h3>${title}</h3>
  <dl class="numbers">${rows.map(([term, value]) => html`<div><dd>${value}</dd><dt>${term}</dt></div>`)}</dl>
</div>`;

const forOthers = (node: NodeView): Numbers => [
  [note.carriedFrames, say.integer(node.carried.frames)],
  [note.carriedBytes, say.date(bytes(node.carried.bytes))],
  [note.cellsKept, say.integer(node.cellsKept)],
  [note.bytesKept, say.date(bytes(node.bytesKept))],
];
/** Links that have ended took their bytes along: the sums are told as those of the links of now. */
const forYou = ({ links, counters: counted }: NodeView): Numbers => [
  [note.links, say.integer(links.length)],
  [note.received, say.date(bytes(links.reduce((sum, { bytesIn }) => sum + bytesIn, 0)))],
  [note.sent, say.date(bytes(links.reduce((sum, { bytesOut }) => sum + bytesOut, 0)))],
  [note.lookups, say.integer(counted["lookups"] ?? 0)],
];
const itself = (node: NodeView): Numbers => [
  [note.knownPeers, say.integer(node.knownPeers)],
  [note.knownAnchors, say.integer(node.knownAnchors)],
  [note.storing, node.storing ? note.yes : node.paused ? note.noPaused : note.no],
  [note.uptime, say.date(span(node.uptime))],
];
customElements.define("nodus-node-page", NodePageElement);
