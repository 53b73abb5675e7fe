/**
 * The few marks that people type, as templates and never as strings of HTML: *bold* or **bold**, _italic_, ~strike~,
 * `code`, ``` blocks, > quotes, and addresses as links (addresses.ts); nothing else. `parse` loses no character: marks
 * become nodes that are not shown. One pass, every step forward; levels and marks are bounded, beyond them all stays as typed.
 */
import { html, type TemplateResult } from "lit";
import { addressAt, mailAt } from "./addresses.ts";
import type { Skeleton } from "./goes.ts";

/** Deeper marks stay as they were typed. */
const DEPTH_MAX = 4;
/** Marked pieces in one message; each costs an element, and 16 KiB hold 5,000 of them. */
const MARKS_MAX = 400;

type Kind = "bold" | "italic" | "strike" | "code" | "block" | "quote";
export type Piece =
  | string
  | { kind: "mark"; text: string }
  /** `goes`: the host that it opens, where its text does not show that. */
  | { kind: "link"; url: string; text: string; goes?: string }
  | { kind: Kind; pieces: Piece[] };
type Drawn = string | TemplateResult;

/** `skeleton` tells hosts outside ASCII from those that look like others; without it each is drawn with its ASCII name. */
export const markdown = (text: string, skeleton?: Skeleton): Drawn[] => drawAll(parse(text, skeleton));

/** Whether a skeleton makes a difference to how a text is drawn. */
export const asksForSkeleton = (text: string): boolean => FOREIGN_HOST.test(text);
const FOREIGN_HOST = /(?:\/\/|www\.|@)[!-.0-~]*[^\0-\x7f]/i;

/** The same without its marks, for a line of preview. */
export const unmarked = (text: string): string => shown(parse(text));
const shown = (pieces: readonly Piece[]): string =>
  pieces.reduce<string>((before, piece) => {
    if (typeof piece === "string") return before + piece;
    if (piece.kind === "mark") return piece.text.includes("\n") ? `${before} ` : before;
    return before + (piece.kind === "link" ? piece.text : shown(piece.pieces));
  }, "");

/** One to three emoji and nothing else: shown large. */
export const isEmojiOnly = (text: string): boolean => text.length <= EMOJI_UNITS && EMOJI.test(text);
/** Sets of strings: a year ahead of what the rest is compiled to. */
const SETS: string = "v";
const EMOJI = new RegExp("^\\s*(?:\\p{RGI_Emoji}\\s*){1,3}$", SETS);
/** The longest emoji has 15 UTF-16 units. */
const EMOJI_UNITS = 3 * 16;

/** Lines of plain text in a row become one: each piece costs a place in the template. */
function drawAll(pieces: readonly Piece[]): Drawn[] {
  const drawn: Drawn[] = [];
  for (const piece of pieces) {
    if (typeof piece !== "string") {
      if (piece.kind !== "mark") drawn.push(draw(piece));
      continue;
    }
    const before = drawn.at(-1);
    if (typeof before === "string") drawn[drawn.length - 1] = before + piece;
    else drawn.push(piece);
  }
  return drawn;
}
function draw(piece: Exclude<Piece, string | { kind: "mark" }>): TemplateResult {
  switch (piece.kind) {
    case "link":
      return html`<a href=${piece.url} target="_blank" rel="noopener noreferrer">${
        piece.goes === undefined
          ? piece.text
          : html`<bdi dir="ltr">${piece.text}</bdi> <bdi dir="ltr" class="goes">(${piece.goes})</bdi>`
      }</a>`;
    case "bold":
      return html`<strong>${drawAll(piece.pieces)}</strong>`;
    case "italic":
      return html`<em>${drawAll(piece.pieces)}</em>`;
    case "strike":
      return html`<s>${drawAll(piece.pieces)}</s>`;
    case "code":
      return html`<code>${drawAll(piece.pieces)}</code>`;
    case "block":
      return html`<code class="block">${drawAll(piece.pieces)}</code>`;
    case "quote":
      return html`<blockquote>${drawAll(piece.pieces)}</blockquote>`;
  }
}

const FENCE = "```";
const mark = (text: string): Piece => ({ kind: "mark", text });

export function parse(text: string, skeleton?: Skeleton): Piece[] {
  const pieces: Piece[] = [];
  const budget: Budget = { left: MARKS_MAX, skeleton };
  let at = 0;
  while (at < text.length) {
    const end = fenceEnd(text, at);
    if (end !== undefined && spend(budget)) {
      pieces.push(...fenced(text.slice(at, end)));
      at = end;
    } else if (text[at] === ">" && spend(budget)) {
      at = quote(text, at, pieces, budget);
    } else {
      const next = lineEnd(text, at);
      // The break before a block is the block's own.
      const broken = text[next - 1] === "\n" && (text[next] === ">" || fenceEnd(text, next) !== undefined);
      inline(text.slice(at, broken ? next - 1 : next), pieces, budget);
      if (broken) pieces.push(budget.left > 0 ? mark("\n") : "\n");
      at = next;
    }
  }
  return pieces;
}

/** What is handed down while a text is read. */
interface Budget {
  left: number;
  readonly skeleton: Skeleton | undefined;
}
function spend(budget: Budget): boolean {
  if (budget.left === 0) return false;
  budget.left -= 1;
  return true;
}
/** Behind the break that ends the line. */
function lineEnd(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  return found < 0 ? text.length : found + 1;
}

/** Where a fence begins at `at` and is closed: the place behind it and its break. */
function fenceEnd(text: string, at: number): number | undefined {
  if (!text.startsWith(FENCE, at)) return undefined;
  const close = text.indexOf(FENCE, at + FENCE.length);
  if (close <= at + FENCE.length) return undefined;
  const end = close + FENCE.length;
  return text[end] === "\n" ? end + 1 : end;
}
function fenced(whole: string): Piece[] {
  const [, open = "", inner = "", close = ""] = /^(```\n?)(.*?)(\n?```\n?)$/s.exec(whole) ?? [];
  return [{ kind: "block", pieces: [mark(open), inner, mark(close)] }];
}

/** All lines from `at` that begin with ">". Returns where the next line begins. */
function quote(text: string, at: number, into: Piece[], budget: Budget): number {
  const pieces: Piece[] = [];
  let next = at;
  while (text[next] === ">") {
    if (next > at) pieces.push("\n");
    const inner = text[next + 1] === " " ? next + 2 : next + 1;
    const end = lineEnd(text, inner);
    pieces.push(mark(text.slice(next, inner)));
    const broken = text[end - 1] === "\n" && end > inner;
    inline(text.slice(inner, broken ? end - 1 : end), pieces, budget);
    next = end;
    if (!broken) break;
    if (text[next] !== ">") pieces.push(mark("\n"));
  }
  into.push({ kind: "quote", pieces });
  return next;
}

const MARKS: Readonly<Record<string, Kind>> = {
  "*": "bold",
  "**": "bold",
  _: "italic",
  "~": "strike",
};
/** Where something other than plain text may begin. */
const SPECIAL = /[*_~`@]|h(?=ttps?:)|w(?=ww\.)/gi;
const WORD = /[\p{L}\p{N}]/u;

interface Frame {
  readonly mark: string;
  readonly pieces: Piece[];
}

/** One line without blocks: marks do not reach over breaks. */
function inline(text: string, into: Piece[], budget: Budget): void {
  const frames: Frame[] = [{ mark: "", pieces: into }];
  const top = (): Frame => frames.at(-1) as Frame;
  let noCode = false; // no further backtick in this text
  let done = 0;
  const plain = (until: number): void => {
    if (until > done) top().pieces.push(text.slice(done, until));
    done = until;
  };
  /** Takes frames away down to `depth`; what they held stays, with its mark as text. */
  const abandon = (depth: number): void => {
    while (frames.length > depth) {
      const { mark: opened, pieces } = frames.pop() as Frame;
      const { pieces: parent } = top();
      parent.push(opened);
      for (const piece of pieces) parent.push(piece);
    }
  };
  for (let at = nextSpecial(text, 0); at < text.length; at = nextSpecial(text, at)) {
    const char = text[at] as string;
    if (char === "`") {
      const close: number = noCode ? -1 : text.indexOf("`", at + 1);
      noCode ||= close < 0;
      if (close > at + 1 && spend(budget)) {
        plain(at);
        top().pieces.push({ kind: "code", pieces: [mark("`"), text.slice(at + 1, close), mark("`")] });
        done = close + 1;
        at = done;
      } else at += 1;
    } else if (/[hw@]/i.test(char)) {
      const mail = char === "@" ? mailAt(text, at, done, budget.skeleton) : undefined;
      const found = char === "@" ? mail : addressAt(text, at, at === done, budget.skeleton);
      const start = mail?.start ?? at;
      if (found?.url !== undefined && spend(budget)) {
        const { url, goes } = found;
        plain(start);
        top().pieces.push({ kind: "link", url, text: found.text, ...(goes !== undefined && { goes }) });
        done = start + found.text.length;
      }
      at = Math.max(at + 1, start + (found?.text.length ?? 0));
    } else {
      const run = runAt(text, at);
      const kind = MARKS[run];
      const depth = frames.findIndex(({ mark: opened }) => opened === run);
      if (kind && depth > 0 && closes(text, at, run) && (top().pieces.length > 0 || at > done)) {
        plain(at);
        abandon(depth + 1);
        const { pieces } = frames.pop() as Frame;
        top().pieces.push({ kind, pieces: [mark(run), ...pieces, mark(run)] });
        done = at + run.length;
      } else if (kind && depth < 0 && frames.length <= DEPTH_MAX && opens(text, at, run) && spend(budget)) {
        plain(at);
        frames.push({ mark: run, pieces: [] });
        done = at + run.length;
      }
      at += run.length;
    }
  }
  plain(text.length);
  abandon(1);
}

function nextSpecial(text: string, at: number): number {
  SPECIAL.lastIndex = at;
  return SPECIAL.exec(text)?.index ?? text.length;
}
/** All that is equal from here on: more than a mark has is none. */
function runAt(text: string, at: number): string {
  let end = at + 1;
  while (text[end] === text[at]) end += 1;
  return text.slice(at, end);
}
const isWord = (char: string | undefined): boolean => char !== undefined && WORD.test(char);
const isBlank = (char: string | undefined): boolean => char === undefined || char.trim() === "";
const opens = (text: string, at: number, run: string): boolean =>
  !isWord(text[at - 1]) && !isBlank(text[at + run.length]);
const closes = (text: string, at: number, run: string): boolean =>
  !isBlank(text[at - 1]) && !isWord(text[at + run.length]);
