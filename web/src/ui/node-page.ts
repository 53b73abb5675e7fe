/** What this node does for itself and for others, in numbers, as they change. */
import { css, html, type TemplateResult } from "lit";
import type { LinkView, NodeView } from "#app/api.ts";
import { bytes, milliseconds, span } from "./format.ts";
import { pageBar, pageStyles } from "./page-styles.ts";
import { say } from "./sentences.ts";
import { tell } from "./sentences-pages.ts";
import { kit } from "./styles.ts";
import { View } from "./view.ts";

const ID_SHOWN = 12; // hex digits: enough to tell nodes apart by eye

class NodePageElement extends View {
  static override styles = [
    kit,
    pageStyles,
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
      }
      dt {
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
      .table {
        overflow-x: auto;
        border: 1px solid var(--line);
        border-radius: 0.9rem;
        background: var(--surface);
      }
      table {
        inline-size: 100%;
        border-collapse: collapse;
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.55rem 0.7rem;
        text-align: start;
        white-space: nowrap;
      }
      th {
        color: var(--soft);
        font-weight: 600;
      }
      tbody tr {
        border-block-start: 1px solid var(--line);
      }
      .number {
        text-align: end;
      }
      .groups {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr));
        gap: 1rem 2rem;
      }
      .groups dl {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.3rem 1rem;
        font-size: 0.875rem;
      }
      .groups dt {
        display: grid;
        overflow-wrap: anywhere;
      }
      .groups dd {
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      h4 {
        margin: 0 0 0.3rem;
        font-size: 0.9375rem;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const node = this.ready?.node;
    return html`${pageBar(this.ui, tell.nodeTitle)}
      <div class="page" tabindex="0" role="region" aria-label=${tell.nodeTitle}>
        <div class="column">
          <p class="hint">${tell.nodeIntro}</p>
          ${node ? this.#node(node) : html`<p role="status">${say.loading}</p>`}
        </div>
      </div>`;
  }

  #node(node: NodeView): TemplateResult {
    const numbers: [string, string][] = [
      [tell.links, say.integer(node.links.length)],
      [tell.knownPeers, say.integer(node.knownPeers)],
      [tell.knownAnchors, say.integer(node.knownAnchors)],
      [tell.cellsKept, say.integer(node.cellsKept)],
      [tell.bytesKept, say.date(bytes(node.bytesKept))],
      [tell.storing, node.storing ? tell.yes : tell.no],
      [tell.uptime, say.date(span(node.uptime))],
    ];
    return html`${node.fewAnchors ? html`<p class="few">${tell.fewAnchors}</p>` : ""}
      <dl class="numbers">
        ${numbers.map(([term, value]) => html`<div><dd>${value}</dd><dt>${term}</dt></div>`)}
      </dl>
      <div>
        <h3>${tell.nodeId}</h3>
        <p class="mono"><bdi>${node.nodeId}</bdi></p>
      </div>
      <div>
        <h3 id="links">${tell.linksTitle}</h3>
        ${node.links.length > 0 ? table(node.links) : html`<p class="hint">${tell.noLinks}</p>`}
      </div>
      <div>
        <h3>${tell.countersTitle}</h3>
        ${counters(node.counters)}
      </div>`;
  }
}

function table(links: readonly LinkView[]): TemplateResult {
  return html`<div class="table" tabindex="0" role="region" aria-labelledby="links">
    <table>
      <thead>
        <tr>
          <th scope="col">${tell.peer}</th>
          <th scope="col">${tell.role}</th>
          <th scope="col">${tell.carrier}</th>
          <th scope="col" class="number">${tell.age}</th>
          <th scope="col" class="number">${tell.roundTrip}</th>
          <th scope="col" class="number">${tell.bytesIn}</th>
          <th scope="col" class="number">${tell.bytesOut}</th>
        </tr>
      </thead>
      <tbody>
        ${links.map(row)}
      </tbody>
    </table>
  </div>`;
}

function row(link: LinkView): TemplateResult {
  const role = link.anchor ? tell.anchor : link.sibling ? tell.sibling : tell.ordinary;
  const trip = link.roundTrip === undefined ? tell.unknown : say.date(milliseconds(link.roundTrip));
  return html`<tr>
    <td class="mono"><bdi title=${link.peer}>${link.peer.slice(0, ID_SHOWN)}</bdi></td>
    <td>${role}</td>
    <td>${tell.carrierName(link.carrier)}</td>
    <td class="number">${say.date(span(link.age))}</td>
    <td class="number">${trip}</td>
    <td class="number">${say.date(bytes(link.bytesIn))}</td>
    <td class="number">${say.date(bytes(link.bytesOut))}</td>
  </tr>`;
}

/** `refused.full` stands in the group "refused"; each in words, with the name by which logs and code know it. */
function counters(all: NodeView["counters"]): TemplateResult {
  const groups = new Map<string, [string, string, number][]>();
  for (const [raw, count] of Object.entries(all).sort(([a], [b]) => a.localeCompare(b))) {
    const dot = raw.indexOf(".");
    const group = dot < 0 ? "" : raw.slice(0, dot);
    const rows = groups.get(group) ?? [];
    rows.push([raw, raw.slice(dot + 1), count]);
    groups.set(group, rows);
  }
  if (groups.size === 0) return html`<p class="hint">${tell.noCounters}</p>`;
  return html`<div class="groups">
    ${[...groups].map(
      ([group, rows]) => html`<div>
        <h4>${group === "" ? tell.general : tell.counterGroup(group)}</h4>
        <dl>
          ${rows.map(
            ([raw, name, count]) =>
              html`<dt>${tell.counter(name)} <bdi class="mono">${raw}</bdi></dt><dd>${say.integer(count)}</dd>`,
          )}
        </dl>
      </div>`,
    )}
  </div>`;
}
customElements.define("nodus-node-page", NodePageElement);
