/**
 * The 24 words of BIP39 (English list) for 256 bits of entropy, by @scure/bip39: written for a person to keep, and read
 * as people bring them back, from paper, a file or a half-remembered note. Layer: adapters.
 */
import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import type { Words } from "#chat/ports.ts";

const COUNT = 24;
/** More are not read, so that whatever was pasted by mistake costs nothing: unit words, tier soft. */
const MOST_READ = 2 * COUNT;
/** So many are offered in place of a word that is none. */
const MOST_SUGGESTED = 3;
/** Slips further than this lead to words that nobody meant. */
const MOST_SLIPS = 2;

const list: ReadonlySet<string> = new Set(wordlist);

/** A word that stands on its own for one of the list has no suggestions. */
interface ReadWord {
  text: string;
  /** Some word of the list begins so. */
  known: boolean;
  /** Where several begin so, or none does: which may be meant, the likeliest first. */
  suggestions?: readonly string[];
}
interface WordsRead {
  words: readonly ReadWord[];
  state: "incomplete" | "unknown-word" | "checksum" | "too-many" | "complete";
}

export const englishWords: Words = {
  encode: (entropy) => entropyToMnemonic(entropy, wordlist),
  decode: (text) => entropyOf(readWords(text).words),
};

/** The words as far as they are typed, numbered or not, in any whitespace and case. */
export function readWords(text: string): WordsRead {
  const words = tokens(text).slice(0, MOST_READ).map(readWord);
  return { words, state: stateOf(words) };
}

function stateOf(words: readonly ReadWord[]): WordsRead["state"] {
  if (words.some(({ known }) => !known)) return "unknown-word";
  if (words.length > COUNT) return "too-many";
  if (words.length < COUNT || words.some(({ suggestions }) => suggestions)) return "incomplete";
  return entropyOf(words) ? "complete" : "checksum";
}

function entropyOf(words: readonly ReadWord[]): Uint8Array | undefined {
  if (words.length !== COUNT) return undefined; // BIP39 also knows shorter ones, which are none of ours
  try {
    return mnemonicToEntropy(words.map(({ text }) => text).join(" "), wordlist);
  } catch {
    return undefined; // a word that is not in the list, or a checksum that does not hold
  }
}

/**
 * Whatever is no letter parts words, and a number before a word is its place. Where exactly 24 lines say "1. word", the
 * lines around them are not read: the file that the app hands out can be pasted as a whole.
 */
function tokens(text: string): string[] {
  const plain = text
    .normalize("NFKD")
    .replace(/[\u200b\ufeff]/g, " ") // zero-width spaces are no whitespace to a regular expression
    .replace(/[\p{Cf}\p{M}]/gu, "")
    .toLowerCase();
  const numbered = [...plain.matchAll(/^[^\S\n]*\d{1,2}[.):]?[^\S\n]+(\p{L}+)[^\S\n]*$/gmu)];
  if (numbered.length === COUNT) return numbered.map(([, word = ""]) => word);
  return plain
    .split(/[\s\p{P}\p{S}]+/u)
    .map((token) => token.replace(/^\p{N}+/u, ""))
    .filter((token) => token !== "");
}

function readWord(text: string): ReadWord {
  if (list.has(text)) return { text, known: true };
  const begun = wordlist.filter((word) => word.startsWith(text));
  if (begun.length === 1 && begun[0] !== undefined) return { text: begun[0], known: true };
  if (begun.length > 1) return { text, known: true, suggestions: begun.slice(0, MOST_SUGGESTED) };
  return { text, known: false, suggestions: nearest(text) };
}

/** The words that the fewest slips of the hand turn into this one; of these, first those with the same beginning. */
function nearest(text: string): readonly string[] {
  const longest = 8; // letters; the list has no longer word
  if (text.length > longest + MOST_SLIPS) return [];
  const near = wordlist.map((word) => ({ word, away: slips(text, word), alike: word[0] === text[0] ? 0 : 1 }));
  const least = Math.min(...near.map(({ away }) => away));
  if (least > MOST_SLIPS || least >= text.length) return [];
  return near
    .filter(({ away }) => away === least)
    .sort((a, b) => a.alike - b.alike)
    .slice(0, MOST_SUGGESTED)
    .map(({ word }) => word);
}

/** Letters to put in, take out, change or swap with the next until one word is the other (optimal string alignment). */
function slips(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row++) {
    const here = [row];
    for (let at = 1; at <= to.length; at++) {
      const same = from[row - 1] === to[at - 1] ? 0 : 1;
      let least = Math.min((above[at] ?? 0) + 1, (here[at - 1] ?? 0) + 1, (above[at - 1] ?? 0) + same);
      const swapped = row > 1 && at > 1 && from[row - 1] === to[at - 2] && from[row - 2] === to[at - 1];
      if (swapped) least = Math.min(least, (before[at - 2] ?? 0) + 1);
      here.push(least);
    }
    [before, above] = [above, here];
  }
  return above[to.length] ?? 0;
}
