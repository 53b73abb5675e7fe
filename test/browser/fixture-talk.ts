/** Whom the fixture chats with and what was said: every phase of a chat, every kind of delivery. */
import type { ChatView, MessageView } from "#app/api.ts";

/** A Friday afternoon; every time below is told from here. */
export const NOW = new Date(2026, 4, 15, 14, 20).getTime();
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const until = NOW + 7 * DAY - 20 * MINUTE;
export const stored = (held: number): NonNullable<MessageView["delivery"]> => ({ kind: "stored", held, of: 8, until });

let count = 0;
export function message(mine: boolean, before: number, text: string, more: Partial<MessageView> = {}): MessageView {
  count += 1;
  const sent = NOW - before;
  return { id: `m${count}`, mine, text, sent, arrived: sent + 400, path: "mailbox", ...more };
}

/** Every kind of delivery, both paths, days, minutes, links, another direction of writing. */
export const talk: readonly MessageView[] = [
  message(false, 2 * DAY + 3 * HOUR, "The ferry on Sunday is full. Shall we take the early train instead?"),
  message(true, 2 * DAY + 2 * HOUR, "Yes. 6:40 from platform 4?", {
    delivery: { kind: "read", at: NOW - 2 * DAY },
  }),
  message(false, DAY + 4 * HOUR, "Perfect."),
  message(
    false,
    DAY + 4 * HOUR - 10_000,
    "I looked up the walk from the station: https://www.openstreetmap.org/way/4305. About forty minutes along the water, and there is a café half way.",
  ),
  message(false, DAY + 4 * HOUR - 20_000, "نلتقي عند المدخل الجنوبي الساعة السابعة"),
  message(true, DAY + 3 * HOUR, "Good, then I bring the thermos.", {
    delivery: { kind: "read", at: NOW - DAY },
    path: "direct",
  }),
  message(true, 3 * HOUR, "One more thing: do you still have the blue tent?", {
    delivery: { kind: "delivered", at: NOW - 2 * HOUR },
    path: "direct",
  }),
  message(true, 3 * HOUR - 5_000, "And the small stove", {
    delivery: { kind: "delivered", at: NOW - 2 * HOUR },
    path: "direct",
  }),
  message(false, 22 * MINUTE, "Tent yes, stove no. <b>Lena</b> has it, I ask her tonight."),
  message(true, 12 * MINUTE, "Thanks!", { delivery: stored(6) }),
  message(true, 6 * MINUTE, "Photos of last year, far too many", {
    delivery: { kind: "failed", reason: "not-fetched" },
  }),
  message(true, 2 * MINUTE, "Don’t forget the map this time, please. The one with the contour lines.", {
    delivery: stored(8),
  }),
];
export const waiting = message(true, 30_000, "And a second torch", { delivery: { kind: "queued", reason: "offline" } });

const ids = ["a1", "b2", "c3", "d4", "e5", "f6", "07", "18"].map((id) => id.repeat(8));
export const [ada = "", ben = "", chi = "", lena = "", noname = "", rtl = "", long = "", stranger = ""] = ids;
const base = { phase: "open", direct: false, unread: 0, blocked: false } as const;
export const chats: readonly ChatView[] = [
  {
    ...base,
    id: ada,
    identity: ada.repeat(4),
    name: "Ada Nyström",
    direct: true,
    last: {
      text: "Don’t forget the map this time, please. The one with the contour lines.",
      at: NOW - 2 * MINUTE,
      mine: true,
      delivery: stored(8),
    },
  },
  {
    ...base,
    id: ben,
    identity: ben.repeat(4),
    name: "Ben",
    unread: 3,
    last: {
      text: "Are you coming tonight? We start at eight, bring whoever you like.",
      at: NOW - 50 * MINUTE,
      mine: false,
    },
  },
  {
    ...base,
    id: chi,
    identity: chi.repeat(4),
    name: "Chidi Okafor",
    last: { text: "See you there", at: NOW - 5 * HOUR, mine: true, delivery: { kind: "read", at: NOW - 4 * HOUR } },
  },
  {
    ...base,
    id: lena,
    identity: lena.repeat(4),
    name: "Lena",
    phase: "pending",
    last: { text: "Hi Lena, it’s me. Does this work?", at: NOW - DAY, mine: true, delivery: stored(7) },
  },
  {
    ...base,
    id: rtl,
    identity: rtl.repeat(4),
    name: "ليلى حداد",
    last: { text: "شكرا جزيلا!", at: NOW - 2 * DAY, mine: false },
  },
  {
    ...base,
    id: noname,
    identity: noname.repeat(4),
    name: "",
    last: { text: "ok", at: NOW - 3 * DAY, mine: true, delivery: { kind: "delivered", at: NOW - 3 * DAY } },
  },
  {
    ...base,
    id: long,
    identity: long.repeat(4),
    name: "Grete Aamodt-Vandenberghe of the Allotment Garden Association",
    unread: 128,
    last: { text: "The hedge between plots 14 and 15 is to be trimmed before June", at: NOW - 40 * DAY, mine: false },
  },
];
export const request: ChatView = {
  ...base,
  id: stranger,
  identity: stranger.repeat(4),
  name: "Mira",
  phase: "request",
  unread: 1,
  last: { text: "Hello, I got your invite from Ben!", at: NOW - 9 * MINUTE, mine: false },
};
export const stuck: ChatView = {
  ...base,
  id: "29".repeat(8),
  identity: "29".repeat(32),
  name: "Otto",
  phase: "pending",
  inviteFault: "used",
  last: { text: "Hello Otto", at: NOW - DAY, mine: true, delivery: { kind: "failed", reason: "not-fetched" } },
};
