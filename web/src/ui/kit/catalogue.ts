/**
 * How a catalogue of sentences is read: each entry is spoken at the moment it is drawn, so that a test can lengthen
 * and bracket all of them at once. A text on the screen without brackets is then one that nobody could translate.
 */

/** A sentence, or one with gaps to fill. */
type Entry = string | ((...gaps: never[]) => string);

/** Test lever: "accented" lengthens and brackets every sentence, "rtl" also turns the page around. */
export type Pseudo = "accented" | "rtl";

let pseudo = false;
export function unsafeTestingPseudo(on: boolean): void {
  pseudo = on;
}

/** The same entries under the same types, spoken when read. */
export function catalogue<T extends Record<string, Entry>>(entries: T): Readonly<T> {
  const spoken = {};
  for (const [name, entry] of Object.entries(entries)) {
    const read =
      typeof entry === "string"
        ? () => speak(entry)
        : () =>
            (...gaps: never[]) =>
              speak((entry as Filled)(...gaps));
    Object.defineProperty(spoken, name, { get: read, enumerable: true });
  }
  return spoken as T;
}
type Filled = (...gaps: never[]) => string;

const ACCENTS: Readonly<Record<string, string>> = { a: "á", e: "ë", i: "ï", o: "ö", u: "ú", A: "Å", E: "É", O: "Ø" };
/** Other languages need about a third more room than English. */
const GROWTH = 1 / 3;

function speak(text: string): string {
  if (!pseudo || text === "") return text;
  const accented = text.replace(/[aeiouAEO]/g, (letter) => ACCENTS[letter] ?? letter);
  const words = "~~~~~~ ".repeat(text.length).slice(0, Math.ceil(text.length * GROWTH));
  return `⟦${accented}${words}⟧`;
}
