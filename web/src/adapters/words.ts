/** The 24 words of BIP39 (English list) for 256 bits of entropy, by @scure/bip39. Layer: adapters. */
import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import type { Words } from "#chat/ports.ts";

export const englishWords: Words = {
  encode: (entropy) => entropyToMnemonic(entropy, wordlist),
  decode(text) {
    const words = text.normalize("NFKD").trim().toLowerCase().split(/\s+/);
    if (words.length !== 24) return undefined;
    try {
      return mnemonicToEntropy(words.join(" "), wordlist);
    } catch {
      return undefined; // a word that is not in the list, or a checksum that does not hold
    }
  },
};
