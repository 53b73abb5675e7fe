/**
 * Which notices new messages deserve. Pure rules: the page and the service worker bring what came, what the person
 * chose and what can be seen, and show what is answered here, so that both say the same under the same tags. Not here:
 * the browser's notices themselves (#adapters/notices.ts). Layer: app, without the interface.
 *
 * Invariants:
 * 1. A chat has one notice; what comes later changes it in silence.
 * 2. Without the person's choice a notice holds neither a name nor a text, and a request never shows its text.
 */
import type { ChatPhase, Prefs } from "./api.ts";
import { shownName } from "./names.ts";
import { said } from "./notice-sentences.ts";

/** A text that came; `chat` is the id of its chat. */
export interface News {
  chat: string;
  name: string;
  text: string;
  phase: ChatPhase;
}
/** What a tab that can be seen shows: a chat, or the list of all where none is named. */
export interface Screen {
  chat?: string | undefined;
}
export interface Notice {
  /** A later notice of the same tag takes its place. */
  tag: string;
  title: string;
  body: string;
  /** What a click opens. */
  chat?: string;
  /** Texts that it stands for. */
  count: number;
  silent: boolean;
}

/** The tag of a notice that belongs to no chat. */
const ANY_CHAT = "nodus";
/** Characters of a text that a notice shows; systems cut off after two to four lines. Tier 3. */
const TEXT_LENGTH = 160;

/** `before`: how many texts the notice with this tag stands for already, 0 where there is none. */
export function noticesOf(
  news: readonly News[],
  prefs: Prefs,
  screens: readonly Screen[],
  before: (tag: string) => number,
): Notice[] {
  if (!prefs.notices) return [];
  const last = new Map<string, { news: News; count: number }>();
  for (const one of news) {
    if (!isSeen(one.chat, screens)) last.set(one.chat, { news: one, count: (last.get(one.chat)?.count ?? 0) + 1 });
  }
  return [...last.values()].map(({ news: one, count }) => noticeOf(one, count, before(one.chat), prefs.noticeContent));
}

/** A list shows that there is something new; another chat may fill the whole screen. */
function isSeen(chat: string, screens: readonly Screen[]): boolean {
  return screens.some((screen) => screen.chat === undefined || screen.chat === chat);
}

function noticeOf(news: News, more: number, before: number, content: boolean): Notice {
  const { chat, phase } = news;
  const count = before + more;
  const about = { tag: chat, chat, count, silent: before > 0 };
  const name = shownName(news.name) || said.nobody;
  if (phase === "request") return { ...about, title: said.app, body: content ? said.requestOf(name) : said.request };
  if (!content) return { ...about, title: said.app, body: said.count(count) };
  const text = shortened(news.text);
  return { ...about, title: name, body: count === 1 ? text : `${said.count(count)}\n${text}` };
}

/** Somebody was to look for messages and could not, or found none; nobody sees the app. `unread`: what came before, also
 * where whoever took it was ended before it could say so. */
export function noticeOfLooking(foundNothing: boolean, unread: number): Notice {
  const found = unread > 0 ? said.count(unread) : said.nothing;
  const body = foundNothing ? found : said.mayWait;
  return { tag: ANY_CHAT, title: said.app, body, count: 0, silent: foundNothing };
}

function shortened(text: string): string {
  const characters = Array.from(text.slice(0, TEXT_LENGTH * 4));
  return characters.length > TEXT_LENGTH ? `${characters.slice(0, TEXT_LENGTH).join("")}…` : characters.join("");
}
