/** The report of a tour: one page of pictures, each with its caption and the row of product.md that it shows. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Step {
  /** Of product.md. */
  rows: readonly number[];
  caption: string;
  picture: string;
  seconds: number;
  failed?: string;
}

const STYLE = `
  :root { color-scheme: light dark; }
  body { margin: 2rem; font: 1rem/1.4 system-ui, sans-serif; }
  ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: 2rem; padding: 0; list-style: none; }
  img { max-inline-size: 100%; max-block-size: 26rem; border: 1px solid #8888; border-radius: 0.5rem; }
  figure { margin: 0; }
  .failed { color: #c22; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

export function writeIndex(folder: string, steps: readonly Step[]): void {
  const figures = steps.map(({ rows, caption, picture, failed }) => {
    const image = existsSync(join(folder, picture)) ? `<img src="${picture}" alt="" loading="lazy">` : "";
    const fault = failed === undefined ? "" : `<p class="failed">${text(failed)}</p>`;
    const said = `<b>Row ${rows.join(", ")}</b> ${text(caption)}`;
    return `<li><figure><a href="${picture}">${image}</a><figcaption>${said}${fault}</figcaption></figure></li>`;
  });
  const page = [
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>Nodus: a tour</title><style>${STYLE}</style><h1>Nodus: a tour</h1>`,
    `<ol>${figures.join("\n")}</ol></html>`,
  ];
  writeFileSync(join(folder, "index.html"), page.join("\n"));
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const text = (words: string): string => words.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
