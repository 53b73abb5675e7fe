/**
 * Where a link goes, said where its text does not say it: as a browser's address bar does, with the names that the
 * engine's own parser will open (UTS #39 "highly restrictive", and what looks like ASCII as a whole).
 */

/** What a text looks like (UTS #39): loads after the rest. */
export type Skeleton = (text: string) => string;

/** Scripts in daily use, beside the mixtures of them that are written so. */
const SCRIPTS =
  "Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew Kannada Khmer Lao Latin Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan".split(
    " ",
  );
const MIXED = [
  ["Han", "Hiragana", "Katakana"],
  ["Han", "Bopomofo"],
  ["Han", "Hangul"],
] as const;
const WRITTEN = [
  ...SCRIPTS.map((script) => new RegExp(`^[\\p{scx=${script}}\\p{sc=Inherited}0-9-]+$`, "u")),
  ...MIXED.map((set) => new RegExp(`^[a-z0-9${set.map((script) => `\\p{scx=${script}}`).join("")}-]+$`, "u")),
];
/** Latin beyond it is for phonetics: letters that differ from those of every day by a hook. */
const LATIN = /^[0-9a-z\u00df-\u024f\u1e00-\u1eff-]+$/;
/** Scripts in which a mark above or below changes little of what an ASCII reader sees. */
const LIKE_LATIN = /[\p{sc=Latin}\p{sc=Cyrillic}\p{sc=Greek}]/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
/** What turns, hides or blanks a part of an address. Joiners and variation selectors stay: paths have words and emoji. */
const MISLEADING = /(?!\p{Join_Control}|\p{Variation_Selector})[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\\]/u;
const RIGHT_TO_LEFT = /[\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}]/u;
const ASCII = /^[!-~]*$/;
/** Between the letters of one name, these look like the end of it. */
const SYNTAX = /[/\\.:?#@]/;

/** The host that `url` opens, where a person who reads `typed` is not shown it. Without a skeleton, all that is not ASCII
 * is taken for a look-alike. */
export function goesElsewhere(typed: string, url: URL, skeleton: Skeleton | undefined): string | undefined {
  const [, authority = "", rest = ""] = /^(?:[a-z]+:\/\/)?([^/?#\\]*)(.*)$/is.exec(typed) ?? [];
  const { host, hostname } = url;
  if (authority.includes("@") || MISLEADING.test(typed)) return host;
  const shown = authority.replace(/:\d*$/, "").toLowerCase();
  if (shown === hostname) return undefined;
  if (RIGHT_TO_LEFT.test(shown) && /^[/?#]*[\p{N}]/u.test(rest)) return host; // which would be drawn within the name
  if (RIGHT_TO_LEFT.test(shown) && RIGHT_TO_LEFT.test(rest)) return host;
  const labels = shown.split(".");
  // The engine writes each name outside ASCII so; where it wrote another, it read another one.
  const kept = hostname.split(".");
  const same = labels.every((label, at) => (ASCII.test(label) ? kept[at] === label : kept[at]?.startsWith("xn--")));
  if (!same || kept.length !== labels.length || shown.normalize("NFKC") !== shown) return host;
  return labels.every((label) => ASCII.test(label) || isPlain(label, skeleton)) ? undefined : host;
}

/** One name between dots, not ASCII: in the letters of one language, and nothing that is read as ASCII. */
function isPlain(label: string, skeleton: Skeleton | undefined): boolean {
  if (skeleton === undefined || INVISIBLE.test(label) || !/^[\p{L}\p{M}\p{N}-]+$/u.test(label)) return false;
  if (!WRITTEN.some((script) => script.test(label))) return false;
  if (/\p{sc=Latin}/u.test(label) && !/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u.test(label)) {
    if (!LATIN.test(label)) return false;
  }
  if (LIKE_LATIN.test(label) && /\p{M}/u.test(label)) return false;
  const looks = skeleton(label);
  const bare = /\p{sc=Latin}/u.test(label) ? looks : skeleton(label.normalize("NFD").replace(/\p{Mn}/gu, ""));
  return !ASCII.test(looks) && !ASCII.test(bare) && !(SYNTAX.test(looks) && /[a-z0-9]/.test(label));
}
