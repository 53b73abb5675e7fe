/**
 * Addresses in a text: where one begins and ends, and what it opens. https, http, www. and mail, nothing else. An
 * address ends before what belongs to the sentence, in whatever script that is. Each step forward, no matter the text.
 */
import { goesElsewhere, type Skeleton } from "./goes.ts";

export interface Address {
  /** As it was typed. */
  readonly text: string;
  /** Absent where it only looks like an address. */
  readonly url?: string;
  /** The host that it opens, where the text does not show that. */
  readonly goes?: string;
}

/** What no address has in it, as typed: blanks, quotes, and the punctuation of scripts that put no blank behind it. */
const STOP =
  /[\s<>"“”„«»‹›…—―\u3001-\u3003\u3008-\u301f\uff01\uff08\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3b\uff3d\uff5b-\uff65]|&(?:lt|gt|quot|#39);/gu;
const SCHEME = /https?:\/\/(?=\S)/iy;
const WWW = /www\.(?=[^\s.])/iy;
/** Belongs to the sentence, or to a mark around. */
const TRAILING =
  /^[[{(\p{Po}\p{Pi}\p{Pf}\p{Ps}\p{Cf}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Variation_Selector}*_~`|^]$/u;
/** Punctuation that an address may end with. */
const KEPT = new Set([..."/#%&"]);
const CLOSING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
/** `&amp;` and the like, left by a program that took the text for a page. */
const ENTITY = /&[a-z]{2,8};$/i;
/** Letters of scripts that put no blanks between words. */
const UNSPACED =
  "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Hangul}\\p{sc=Bopomofo}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}";
/** A host whose last name is ASCII and goes on in such a script up to the end: that is the sentence. */
const GLUED = new RegExp(`^((?:https?://)?[^/?#]*[a-z0-9]\\.[a-z]{2,}(?::\\d+)?)[${UNSPACED}][^\\x00-\\x7f]*$`, "iu");
const WORD = /[\p{L}\p{N}_./@:-]/u;
const SPACELESS = new RegExp(`[${UNSPACED}]`, "u");

/** An address that begins at `at`, where an "h" or a "w" stands. `free`: a mark stands before it. */
export function addressAt(text: string, at: number, free: boolean, skeleton?: Skeleton): Address | undefined {
  SCHEME.lastIndex = at;
  WWW.lastIndex = at;
  const scheme = SCHEME.test(text);
  if (!scheme && !(WWW.test(text) && (free || begins(text, at)))) return undefined;
  STOP.lastIndex = at;
  const stop = STOP.exec(text)?.index ?? text.length;
  const whole = trimmed(text.slice(at, stop));
  const typed = GLUED.exec(whole)?.[1] ?? whole;
  const url = urlOf(scheme ? typed : `https://${typed}`);
  if (url === undefined || !(scheme || /\.[^.]+\.[^.]/.test(url.hostname))) return { text: typed };
  return linked(typed, url, url.href, skeleton);
}

/** Of the part before "@": longer ones are none. */
const LOCAL_MAX = 64;
const LOCAL = /[A-Za-z0-9](?:[A-Za-z0-9.!#$&*+/=?^_{|}-]*[A-Za-z0-9_+-])?$/;
const MAILTO = /^mailto:$/i;
const DOMAIN = /[\p{L}\p{M}\p{N}.-]+/uy;

/** A mail address around the "@" at `at`, from `from` on at the earliest; `start` is where it begins. */
export function mailAt(
  text: string,
  at: number,
  from: number,
  skeleton?: Skeleton,
): (Address & { start: number }) | undefined {
  const local = LOCAL.exec(text.slice(Math.max(from, at - LOCAL_MAX), at))?.[0];
  if (local === undefined || /[/#?&=|{}]|\.\./.test(local)) return undefined;
  const start = at - local.length;
  if (start > from && !begins(text, start) && !MAILTO.test(text.slice(Math.max(from, start - 7), start)))
    return undefined;
  DOMAIN.lastIndex = at + 1;
  const found = DOMAIN.exec(text)?.[0].replace(/[.-]+$/, "") ?? "";
  const domain = GLUED.exec(found)?.[1] ?? found;
  if (!/[^.]\.\p{L}[^.]+$/u.test(domain) || text[at + 1 + domain.length] === "@") return undefined;
  const url = urlOf(`https://${domain}`);
  if (url === undefined || /^[\d.]+$/.test(url.hostname)) return undefined;
  return { start, ...linked(`${local}@${domain}`, url, `mailto:${local}@${url.hostname}`, skeleton, domain) };
}

function linked(text: string, url: URL, href: string, skeleton?: Skeleton, host: string = text): Address {
  const goes = goesElsewhere(host, url, skeleton);
  return goes === undefined ? { text, url: href } : { text, url: href, goes };
}
const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/** No word goes on here. */
function begins(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 2), at);
  const char = [...before].at(-1);
  return char === undefined || !WORD.test(char) || SPACELESS.test(char);
}

/** Without the end that belongs to the sentence; a bracket stays where it was opened inside. */
function trimmed(whole: string): string {
  const open: Record<string, number> = {};
  for (const char of whole) if ("()[]{}".includes(char)) open[char] = (open[char] ?? 0) + 1;
  let end = whole.length;
  for (;;) {
    const char = charBefore(whole, end);
    if (char === "") return "";
    const opening = CLOSING[char];
    if (char === ";") {
      const entity = ENTITY.exec(whole.slice(Math.max(0, end - 10), end))?.[0];
      end -= entity?.length ?? 1;
      continue;
    }
    const closes = opening !== undefined && (open[char] ?? 0) > (open[opening] ?? 0);
    if (!closes && (opening !== undefined || KEPT.has(char) || !TRAILING.test(char))) return whole.slice(0, end);
    if ("()[]{}".includes(char)) open[char] = (open[char] ?? 1) - 1;
    end -= char.length;
  }
}
function charBefore(text: string, end: number): string {
  const pair = text.slice(end - 2, end);
  return end > 1 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(pair) ? pair : end > 0 ? (text[end - 1] ?? "") : "";
}
