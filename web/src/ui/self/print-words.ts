/**
 * The 24 words on one sheet of paper. What is printed stands beside the app for as long as that takes, and the app
 * itself is left out; on the screen nothing of it is seen.
 */
import { css, html, LitElement, type PropertyDeclarations, type TemplateResult } from "lit";
import { kit } from "../kit/styles.ts";
import { keep } from "../words/sentences-keep.ts";

/** For the page around, which shadow roots do not reach. */
const around = new CSSStyleSheet();
around.replaceSync(`
  @media screen { nodus-print-words { display: none; } }
  @media print {
    @page { margin: 20mm; }
    html, body { block-size: auto !important; background: none !important; }
    body > :not(nodus-print-words) { display: none !important; }
  }
`);

class PrintWordsElement extends LitElement {
  static override properties: PropertyDeclarations = { words: { attribute: false } };
  static override styles = [
    kit,
    css`
      :host {
        color: black;
        font:
          12pt / 1.5 system-ui,
          sans-serif;
      }
      h1 {
        font-size: 15pt;
        margin-block-end: 6mm;
      }
      ol {
        columns: 3;
        list-style: decimal;
        padding-inline-start: 10mm;
        margin-block-end: 6mm;
      }
      li {
        break-inside: avoid;
        padding-inline-start: 2mm;
      }
    `,
  ];
  declare words: readonly string[];

  protected override render(): TemplateResult {
    return html`<h1>${keep.fileTitle}</h1>
      <ol translate="no">${this.words.map((word) => html`<li><bdi>${word}</bdi></li>`)}</ol>
      <p>${keep.fileHint}</p>`;
  }
}
customElements.define("nodus-print-words", PrintWordsElement);

/** Opens the browser's own print dialog. Returns what takes the words away again, if the browser does not say when. */
export async function printWords(words: readonly string[]): Promise<() => void> {
  const sheet = document.createElement("nodus-print-words") as PrintWordsElement;
  sheet.words = words;
  const end = (): void => {
    sheet.remove();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== around);
    removeEventListener("afterprint", end);
  };
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, around];
  document.body.append(sheet);
  await sheet.updateComplete;
  addEventListener("afterprint", end);
  print();
  return end;
}
