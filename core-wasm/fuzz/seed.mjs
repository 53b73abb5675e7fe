// Fills fuzz/corpus with the shared vectors, so that a target begins with valid messages: node core-wasm/fuzz/seed.mjs
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const vectors = new URL("../../test/vectors/", import.meta.url);
/** Targets besides the one of the message's own name. */
const MORE = { record: ["signed"], routed: ["signed"] };

for (const file of readdirSync(vectors)) {
  const { message, accepted } = JSON.parse(readFileSync(new URL(file, vectors), "utf8"));
  if (!Array.isArray(accepted)) continue;
  const own = message.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  for (const target of [own, ...(MORE[message] ?? [])]) {
    const corpus = new URL(`corpus/${target}/`, import.meta.url);
    mkdirSync(corpus, { recursive: true });
    accepted.forEach((vector, at) => {
      writeFileSync(new URL(`${message}-${at}`, corpus), Buffer.from(vector.frame ?? vector.hex, "hex"));
    });
  }
}
