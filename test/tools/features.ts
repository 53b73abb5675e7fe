/**
 * Which features of the web the app's sources name, and since when each engine has them, by the data of web-features.
 * A word is looked up wherever it may belong, and the earliest of what it may be counts: `.at` is Array's as well as
 * anything else's. Names that the sources give to something of their own do not count; the page's folders alone may name
 * what belongs to a browser. So nothing is blamed wrongly, and what is new everywhere is found.
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseSync } from "@swc/core";
import { features } from "web-features";
import { filesUnder } from "../../tools/lib/digest.mjs";

const ROOT = join(import.meta.dirname, "../..");
const SOURCES = ["web/src", "sw/src"];
/** No browser there: only the language counts. */
const PURE = /web[\\/]src[\\/](node|chat)[\\/]/;
const STYLE = "css";
const MARKUP = "html";

type Status = Extract<(typeof features)[string], { kind: "feature" }>["status"];
/** By engine, the first version that has it. */
type Support = Status["support"];
export type Engine = keyof Support;
/** Some entries only say where a feature went. */
const statusOf = (id: string): Status | undefined => {
  const feature = features[id];
  return feature?.kind === "feature" ? feature.status : undefined;
};

const supports = new Map<string, Support>();
for (const id of Object.keys(features)) {
  for (const [key, { support }] of Object.entries(statusOf(id)?.by_compat_key ?? {})) supports.set(key, support);
}
/** Keys by what they begin with and their last word. */
const byWord = new Map<string, Support[]>();
for (const [key, support] of supports) {
  const [area, ...rest] = key.split(".");
  const name = `${area}/${rest.length > 1 ? "member" : "global"}/${rest.at(-1)?.replace(/_static$|_event$/, "")}`;
  byWord.set(name, [...(byWord.get(name) ?? []), support]);
}

export interface Used {
  /** As it is written in the source: `showPopover`, `:has`. */
  word: string;
  file: string;
  /** What it may be. */
  candidates: readonly Support[];
}
/** The first version with it, by the earliest candidate; infinite where the engine has none. */
export const since = ({ candidates }: Pick<Used, "candidates">, engine: Engine): number =>
  Math.min(...candidates.map((support) => Number.parseFloat(support[engine]?.replace("≤", "") ?? "Infinity")));
/** A feature that sources do not name, by its id in web-features. */
export function featureOf(id: string): Pick<Used, "candidates"> {
  const support = statusOf(id)?.support;
  if (support === undefined) throw new Error(`web-features has no ${id}`);
  return { candidates: [support] };
}

/** Each word once, with the first file that has it. */
export function featuresUsed(): Used[] {
  const files = SOURCES.flatMap((folder) => filesUnder(join(ROOT, folder)));
  const trees = files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file, tree: parseSync(readFileSync(file, "utf8"), { syntax: "typescript" }).body }));
  const own = new Set<string>();
  for (const { tree } of trees) for (const node of nodesOf(tree)) for (const name of namesGivenBy(node)) own.add(name);
  const found: { file: string; words: Words }[] = [
    ...trees.map(({ file, tree }) => ({ file, words: wordsOfScript(tree, own, PURE.test(file)) })),
    ...files
      .filter((file) => file.endsWith(".css"))
      .map((file) => ({ file, words: wordsOfStyle(readFileSync(file, "utf8")) })),
  ];
  const used = new Map<string, Used>();
  for (const { file, words } of found) {
    for (const [word, names] of words) {
      const candidates = names.flatMap((name) => byWord.get(name) ?? []);
      if (candidates.length > 0 && !used.has(word)) used.set(word, { word, file: relative(ROOT, file), candidates });
    }
  }
  return [...used.values()];
}

type Words = Map<string, string[]>;
/** `word` as it is written; its name without signs is looked up in these places. */
const add = (words: Words, word: string, ...places: string[]): void => {
  const name = word.replace(/[^\w-]/g, "");
  words.set(
    word,
    places.map((place) => `${place}/${name}`),
  );
};

function wordsOfStyle(text: string): Words {
  const words: Words = new Map();
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, "");
  for (const [, name = ""] of plain.matchAll(/(?:^|[;{\s])([a-z-]+)\s*:\s/g)) add(words, name, "css/member");
  for (const [, name = ""] of plain.matchAll(/::?([a-z-]+)/g)) add(words, `:${name}`, "css/member");
  for (const [, name = ""] of plain.matchAll(/@([a-z-]+)/g)) add(words, `@${name}`, "css/member");
  for (const [, name = ""] of plain.matchAll(/([a-z-]+)\(/g)) add(words, `${name}()`, "css/member");
  return words;
}

function wordsOfScript(tree: unknown, own: ReadonlySet<string>, pure: boolean): Words {
  const words: Words = new Map();
  for (const { type, value, property, tag, template } of nodesOf(tree)) {
    if (type === "Identifier" && typeof value === "string" && !own.has(value)) {
      add(words, value, "javascript/global", ...(pure ? [] : ["api/global"]));
    } else if (type === "MemberExpression") {
      const name = nameOf(property);
      if (name === undefined || own.has(name)) continue;
      add(words, `.${name}`, "javascript/member", ...(pure ? [] : ["api/member", "api/global"]));
    } else if (type === "TaggedTemplateExpression") {
      const inside = textOf(template);
      if (nameOf(tag) === STYLE) for (const [word, names] of wordsOfStyle(inside)) words.set(word, names);
      if (nameOf(tag) === MARKUP) {
        for (const [, name = ""] of inside.matchAll(/\s\??([a-z-]+)=/g)) add(words, `${name}=`, "html/member");
      }
    }
  }
  return words;
}

type Node = Readonly<Record<string, unknown>>;
function* nodesOf(tree: unknown): Iterable<Node> {
  if (typeof tree !== "object" || tree === null) return;
  if (!Array.isArray(tree)) yield tree as Node;
  for (const inner of Object.values(tree)) yield* nodesOf(inner);
}
const nameOf = (node: unknown): string | undefined => {
  const { type, value } = (node ?? {}) as Node;
  return type === "Identifier" ? String(value) : undefined;
};
/** Of a property, a type's member, a variable, a parameter, a function or an import. */
const namesGivenBy = ({ key, id, local, pat, identifier, params }: Node): string[] =>
  [key, id, local, pat, identifier, ...(Array.isArray(params) ? params : [])].flatMap((node) => nameOf(node) ?? []);
const textOf = (template: unknown): string => {
  const { quasis = [] } = (template ?? {}) as { quasis?: { raw: string }[] };
  return quasis.map(({ raw }) => raw).join(" x ");
};
