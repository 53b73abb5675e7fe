/**
 * Names as they are shown. A name is whatever its owner typed or forged: inside a sentence it must not turn the words
 * around it, leave its line, or look like no name at all (Unicode UAX #9, UTR #36). Layer: app.
 */

import { NAME_LIMIT } from "#chat/limits.ts";

/** Line breaks, tabs and other controls: a name is one line. */
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** Marks that change the direction of what follows, close an isolate that a sentence opened, or take no room at all.
 * Joiners and variation selectors stay: scripts and emoji need them. */
const UNSEEN = /[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/gu;
const SEEN = /[^\p{Default_Ignorable_Code_Point}\p{Z}\p{C}\u2800]/u;

/** "" where nothing of it would be seen. */
export function shownName(name: string): string {
  const line = name.replace(BREAKS, " ").replace(UNSEEN, "").replace(/ {2,}/g, " ").trim();
  return SEEN.test(line) ? line : "";
}

const utf8 = new TextEncoder();
/** An own name as it is kept: no more of it than others take, and no half of a sign at its end. */
export function keptName(name: string): string {
  let kept = "";
  let bytes = 0;
  for (const { segment } of new Intl.Segmenter().segment(name.replace(/\p{Cs}/gu, "").trim())) {
    bytes += utf8.encode(segment).length;
    if (bytes > NAME_LIMIT) break;
    kept += segment;
  }
  return kept.trim();
}
