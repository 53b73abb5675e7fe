/** How the 24 words are read back: as people bring them, and never as something that they did not write. */
import { describe, expect, it } from "vitest";
import { englishWords, readWords } from "#adapters/words.ts";

const entropy = new Uint8Array(32).fill(0x7f);
const right = englishWords.encode(entropy); // BIP39's vector for 32 bytes of 0x7f
const words = right.split(" ");
const texts = (text: string): string[] => readWords(text).words.map((word) => word.text);
const with7th = (word: string): string => words.with(6, word).join(" ");

describe("reading words", () => {
  it.each([
    ["one space", right],
    ["lines, tabs and blank lines", words.join(" \r\n\t\n")],
    ["no-break, ideographic and zero-width spaces", words.join("\u00a0\u3000\u200b")],
    ["commas", words.join(", ")],
    ["capitals", right.toUpperCase()],
    ["full-width letters", right.replace(/[a-z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0))],
    ["a byte order mark and marks of direction", `\ufeff\u202a${right}\u202c`],
    ["numbers in lines", words.map((word, at) => `${at + 1}. ${word}`).join("\n")],
    ["numbers in one line", words.map((word, at) => `${at + 1}) ${word}`).join(" ")],
    ["numbers without a space", words.map((word, at) => `${at + 1}.${word}`).join(" ")],
    ["circled numbers", words.map((word) => `① ${word}`).join(" ")],
    ["the first four letters", words.map((word) => word.slice(0, 4)).join(" ")],
    [
      "numbered lines among others",
      `My words, 2026\n\n${words.map((word, at) => `${at + 1}. ${word}`).join("\n")}\nEnd.`,
    ],
  ])("takes %s", (_, text) => {
    expect(texts(text)).toEqual(words);
    expect(readWords(text).state).toBe("complete");
    expect(englishWords.decode(text)).toEqual(entropy);
  });

  it("completes what only one word begins with, and waits where several do", () => {
    expect(readWords("zeb art").words).toEqual([
      { text: "zebra", known: true },
      { text: "art", known: true }, // though "artist" begins so too
    ]);
    expect(readWords("lea").words).toEqual([{ text: "lea", known: true, suggestions: ["leader", "leaf", "learn"] }]);
  });

  it("names a word that is none, with what may be meant", () => {
    const read = readWords(with7th("lengal"));
    expect(read.state).toBe("unknown-word");
    expect(read.words[6]).toEqual({ text: "lengal", known: false, suggestions: ["legal"] });
    expect(readWords("yaer").words[0]?.suggestions).toContain("year"); // two letters swapped
    expect(readWords("qqqqqqqq").words[0]?.suggestions).toEqual([]);
    expect(readWords("x".repeat(5_000)).words[0]?.suggestions).toEqual([]);
  });

  it("tells a sum that does not hold from words that are missing or too many", () => {
    expect(readWords("").state).toBe("incomplete");
    expect(readWords(words.slice(0, 17).join(" ")).state).toBe("incomplete");
    expect(readWords(words.slice(0, 12).join(" ")).state).toBe("incomplete"); // BIP39 has such, we do not
    expect(readWords(`${right} legal`).state).toBe("too-many");
    expect(readWords(with7th("legal")).state).toBe("checksum");
    expect(readWords(with7th("lea")).state).toBe("incomplete");
    expect(englishWords.decode(with7th("legal"))).toBeUndefined();
  });

  it("reads no more than twice as many", () => {
    expect(readWords("zoo ".repeat(100_000)).words).toHaveLength(48);
  });
});
