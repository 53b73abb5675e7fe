/** A message's text with its web addresses as links. Built from nodes, never from strings of HTML. */
import { html, type TemplateResult } from "lit";

const ADDRESS = /https?:\/\/[^\s<>"]+/gi;
/** Ends that belong to the sentence and not to the address. */
const TRAILING = /[.,;:!?'"»”’)\]}]+$/;

export function linked(text: string): (string | TemplateResult)[] {
  const parts: (string | TemplateResult)[] = [];
  let done = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = trimmed(found);
    const url = parsed(address);
    if (url === undefined) continue;
    if (index > done) parts.push(text.slice(done, index));
    parts.push(html`<a href=${url} target="_blank" rel="noopener noreferrer">${address}</a>`);
    done = index + address.length;
  }
  if (done < text.length) parts.push(text.slice(done));
  return parts;
}

function trimmed(found: string): string {
  const end = TRAILING.exec(found)?.[0] ?? "";
  // "…/Knot_(unit)" keeps the bracket that it opened itself.
  if (end.startsWith(")") && found.includes("(")) return found.slice(0, found.length - end.length + 1);
  return found.slice(0, found.length - end.length);
}
function parsed(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, href } = new URL(address);
  return protocol === "https:" || protocol === "http:" ? href : undefined;
}
