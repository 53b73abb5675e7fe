/** The tables of the node page: links, ways to the contacts, counters. */
import { css, html, type TemplateResult } from "lit";
import type { ChatView, LinkView, NodeView } from "#app/api.ts";
import { bytes, span } from "../kit/format.ts";
import { say } from "../words/sentences.ts";
import { note } from "../words/sentences-node.ts";
import { contactOf, roleOf, shortId, tripOf } from "./link-words.ts";

export const tableStyles = css`
  .table {
    overflow: auto;
    max-block-size: 32rem;
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
  thead th {
    color: var(--soft);
    font-weight: 600;
  }
  tbody th {
    font-weight: 400;
  }
  tbody tr {
    border-block-start: 1px solid var(--line);
  }
  .hint + .table {
    margin-block-start: 0.5rem;
  }
  .name {
    display: inline-block;
    max-inline-size: min(12rem, 32vw);
    vertical-align: bottom;
  }
  tr.picked {
    background: var(--tint);
    box-shadow: inset 4px 0 0 var(--accent);
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
    color: var(--soft);
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
  @media (forced-colors: active) {
    tr.picked {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;

export interface Picking {
  picked: string | undefined;
  pick(peer: string): void;
}

/** The twin of the picture: one row a link, and the one that is picked there is marked here. */
export function linksTable(
  links: readonly LinkView[],
  chats: readonly ChatView[],
  { picked, pick }: Picking,
): TemplateResult {
  if (links.length === 0) return html`<p class="hint">${note.noLinks}</p>`;
  const row = (link: LinkView): TemplateResult => {
    const name = contactOf(link, chats);
    return html`<tr class=${link.peer === picked ? "picked" : ""} data-peer=${link.peer} @pointerenter=${() => pick(link.peer)}>
      <th scope="row" class="mono"><bdi title=${link.peer}>${shortId(link.peer)}</bdi></th>
      <td>${roleOf(link)}${name === undefined ? "" : html`: <bdi class="name cut">${name}</bdi>`}</td>
      <td>${note.carrierName(link.carrier)}</td>
      <td class="number">${say.date(span(link.age))}</td>
      <td class="number">${tripOf(link)}</td>
      <td class="number">${say.date(bytes(link.bytesIn))}</td>
      <td class="number">${say.date(bytes(link.bytesOut))}</td>
    </tr>`;
  };
  return html`<div class="table" tabindex="0" role="region" aria-labelledby="links">
    <table>
      <thead>
        <tr>
          <th scope="col">${note.peer}</th>
          <th scope="col">${note.role}</th>
          <th scope="col">${note.carrier}</th>
          <th scope="col" class="number">${note.age}</th>
          <th scope="col" class="number">${note.roundTrip}</th>
          <th scope="col" class="number">${note.bytesIn}</th>
          <th scope="col" class="number">${note.bytesOut}</th>
        </tr>
      </thead>
      <tbody>
        ${links.map(row)}
      </tbody>
    </table>
  </div>`;
}

/** Requests are no contacts yet, and to who is blocked nothing leads. Those with a link come first. */
export function contactsTable(chats: readonly ChatView[], links: readonly LinkView[]): TemplateResult {
  const contacts = chats.filter(({ phase, blocked }) => phase !== "request" && !blocked);
  if (contacts.length === 0) return html`<p class="hint">${note.noContacts}</p>`;
  const sorted = contacts.toSorted((a, b) => Number(b.direct) - Number(a.direct));
  const row = ({ id, name, direct }: ChatView): TemplateResult => {
    const link = links.find(({ chat }) => chat === id);
    const relayed = link?.carrier === "relayed";
    return html`<tr data-chat=${id}>
      <th scope="row"><bdi class="name cut">${name || say.unnamed}</bdi></th>
      <td>${direct ? (relayed ? note.relayedWay : note.directWay) : note.mailboxWay}</td>
      <td>${link ? html`<bdi class="mono" title=${link.peer}>${shortId(link.peer)}</bdi>` : note.noLink}</td>
      <td class="number">${link ? tripOf(link) : ""}</td>
    </tr>`;
  };
  return html`<p class="hint">${note.contactsHint}</p>
    <div class="table" tabindex="0" role="region" aria-labelledby="contacts">
      <table>
        <thead>
          <tr>
            <th scope="col">${note.name}</th>
            <th scope="col">${note.way}</th>
            <th scope="col">${note.through}</th>
            <th scope="col" class="number">${note.roundTrip}</th>
          </tr>
        </thead>
        <tbody>
          ${sorted.map(row)}
        </tbody>
      </table>
    </div>`;
}

/** `refused.full` stands in the group "refused"; each in words, with the name by which logs and code know it. */
export function counters(all: NodeView["counters"]): TemplateResult {
  const groups = new Map<string, [string, string, number][]>();
  for (const [raw, count] of Object.entries(all).sort(([a], [b]) => a.localeCompare(b))) {
    const dot = raw.indexOf(".");
    const group = dot < 0 ? "" : raw.slice(0, dot);
    const rows = groups.get(group) ?? [];
    rows.push([raw, raw.slice(dot + 1), count]);
    groups.set(group, rows);
  }
  if (groups.size === 0) return html`<p class="hint">${note.noCounters}</p>`;
  return html`<div class="groups">
    ${[...groups].map(
      ([group, rows]) => html`<div>
        <h4>${group === "" ? note.general : note.counterGroup(group)}</h4>
        <dl>
          ${rows.map(
            ([raw, name, count]) =>
              html`<dt>${note.counter(name)} <bdi class="mono">${raw}</bdi></dt><dd>${say.integer(count)}</dd>`,
          )}
        </dl>
      </div>`,
    )}
  </div>`;
}
