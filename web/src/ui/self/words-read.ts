/** What is said of the 24 words while they are typed: how many, which is wrong, what may be meant. For both fields. */
import { css, html, nothing, type TemplateResult } from "lit";
import type { WordsRead } from "#app/api.ts";
import { keep } from "../words/sentences-keep.ts";

export const wordsReadStyles = css`
  .numbered {
    columns: 3 6.2rem;
    column-gap: 0.5rem;
    padding: 0.8rem;
    border: 1px solid var(--line);
    border-radius: 1rem;
    list-style: decimal;
    font-variant-numeric: tabular-nums;
  }
  .numbered li {
    break-inside: avoid;
    margin-inline-start: 1.8rem;
    padding-inline-start: 0.15rem;
  }
  .numbered li::marker {
    color: var(--soft);
    font-size: 0.8125rem;
  }
  .read {
    background: var(--surface);
    font-size: 0.9375rem;
  }
  .read .fault {
    font-weight: 600;
    text-decoration: underline wavy;
  }
  .meant {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 0.5rem;
  }
`;

/** The words alone, as the app takes them. */
export const textOf = (read: WordsRead): string => read.words.map(({ text }) => text).join(" ");

/**
 * Writing: the last word may still grow, so that it begins several is no fault yet. `use` puts another word in a place.
 */
export function saidOf(read: WordsRead, writing: boolean, use: (text: string) => void): TemplateResult {
  const count = read.words.length;
  const at = read.words.findIndex(({ known, suggestions }, place) =>
    known ? suggestions !== undefined && !(writing && place === count - 1) : true,
  );
  const { text = "", known = true, suggestions = [] } = read.words[at] ?? {};
  const fault = at < 0 ? nothing : known ? keep.wordOpen(at + 1, text) : keep.wordUnknown(at + 1, text);
  const put = (word: string) => (): void => use(textOf({ ...read, words: read.words.with(at, { text: word, known }) }));
  const bad = read.state === "checksum" || read.state === "too-many";
  return html`<p class=${bad ? "fault" : "hint"} role="status">${count === 0 ? "" : whole(read)}</p>
    <div role="alert">${fault === nothing ? nothing : html`<p class="fault">${fault}</p>`}</div>
    ${
      suggestions.length > 0 && at >= 0
        ? html`<p class="meant">
            <span>${keep.wordMeant}</span>
            ${suggestions.map((word) => html`<button type="button" class="quiet" @click=${put(word)}><bdi>${word}</bdi></button>`)}
          </p>`
        : nothing
    }`;
}

function whole({ words, state }: WordsRead): string {
  if (state === "complete") return keep.wordsComplete;
  if (state === "checksum") return keep.wordsChecksum;
  return state === "too-many" ? keep.wordsTooMany(words.length) : keep.wordsCount(words.length);
}

/** In their places, so that they can be compared with the paper. */
export const listOf = ({
  words,
}: WordsRead): TemplateResult => html`<ol class="read numbered" translate="no" aria-label=${keep.wordsRead}>
  ${words.map(({ text, known }) => html`<li><bdi class=${known ? "" : "fault"}>${text}</bdi></li>`)}
</ol>`;
