/** A disc with the first letters of a name, in the colour of an identity: the same at every place and in every chat with it. Says nothing to screen readers. */
import { css, html, type TemplateResult } from "lit";

const COLOURS = 6;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** First letters of the first and the last word. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = (word: string): string => [...graphemes.segment(word)][0]?.segment ?? "";
  const [one, last] = [words[0], words.at(-1)];
  if (one === undefined || last === undefined) return "?";
  return (words.length > 1 ? first(one) + first(last) : first(one)).toLocaleUpperCase();
}
function colourOf(identity: string): number {
  let sum = 0;
  for (let at = 0; at < identity.length; at++) sum = (sum * 31 + identity.charCodeAt(at)) >>> 0;
  return sum % COLOURS;
}

/** `identity`: hex. */
export const avatar = (identity: string, name: string): TemplateResult =>
  html`<bdi class="avatar hue-${colourOf(identity)}" aria-hidden="true">${initials(name)}</bdi>`;

export const avatarStyles = css`
  .avatar {
    display: inline-grid;
    place-items: center;
    flex: none;
    inline-size: 2.75rem;
    block-size: 2.75rem;
    border-radius: 50%;
    font-size: 1rem;
    font-weight: 600;
    line-height: 1;
    background: light-dark(#dfe7ea, #2b3a40);
    color: light-dark(#2f4750, #c3d6dd);
    -webkit-user-select: none;
    user-select: none;
  }
  .hue-1 {
    background: light-dark(#e7e2f1, #393150);
    color: light-dark(#4b3c72, #d2c6ef);
  }
  .hue-2 {
    background: light-dark(#f3e3dc, #4a3026);
    color: light-dark(#77412a, #f0c9b8);
  }
  .hue-3 {
    background: light-dark(#e2ecd9, #2f4026);
    color: light-dark(#3f5a29, #c9dfb8);
  }
  .hue-4 {
    background: light-dark(#f5e9cc, #453a1c);
    color: light-dark(#67501a, #ecd8a1);
  }
  .hue-5 {
    background: light-dark(#f4dfe6, #4a2836);
    color: light-dark(#7a3350, #f0c0d2);
  }
  @media (forced-colors: active) {
    .avatar {
      border: 1px solid CanvasText;
    }
  }
`;
