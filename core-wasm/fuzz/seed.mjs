// Fills fuzz/corpus with the shared vectors, so that a target begins with valid messages: node core-wasm/fuzz/seed.mjs
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const vectors = new URL("../../test/vectors/", import.meta.url);
for (const file of readdirSync(vectors)) {
  const { message, accepted } = JSON.parse(readFileSync(new URL(file, vectors), "utf8"));
  if (!Array.isArray(accepted)) continue;
  const target = message.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const corpus = new URL(`corpus/${target}/`, import.meta.url);
  mkdirSync(corpus, { recursive: true });
  accepted.forEach((vector, at) => {
    writeFileSync(new URL(`vector-${at}`, corpus), Buffer.from(vector.frame ?? vector.hex, "hex"));
  });
}
