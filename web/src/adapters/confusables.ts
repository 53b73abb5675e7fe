/**
 * What a text looks like, by Unicode's table of confusable characters (UTS #39, section 4): two texts that a person may
 * take for each other have one skeleton. For comparing only, never to be shown: an "m" becomes "rn". Of the package this
 * takes the table alone: its function neither decomposes nor skips what is invisible. 100 kB, so import this lazily.
 */
import table from "unhomoglyph/data.json" with { type: "json" };

const PROTOTYPES: Readonly<Record<string, string>> = table;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Case counts: fold it first where it does not distinguish. */
export function skeleton(text: string): string {
  let looks = "";
  for (const char of text.normalize("NFD").replace(INVISIBLE, "")) {
    looks += Object.hasOwn(PROTOTYPES, char) ? PROTOTYPES[char] : char;
  }
  return looks.normalize("NFD");
}
