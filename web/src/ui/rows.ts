/** What lies between and around messages: days, minutes, the first unread. Pure. */
import type { MessageView } from "#app/api.ts";
import { sameDay, sameMinute } from "./format.ts";

export type Row =
  | { kind: "day"; id: string; at: number }
  | { kind: "unread"; id: string }
  /** `first` and `last` of the bubbles that one side wrote within a minute. */
  | { kind: "message"; id: string; message: MessageView; first: boolean; last: boolean };

/** `unreadFrom`: id of the first message that was new when the chat was opened. */
export function rowsOf(messages: readonly MessageView[], unreadFrom: string | undefined): Row[] {
  const rows: Row[] = [];
  messages.forEach((message, at) => {
    const [before, after] = [messages[at - 1], messages[at + 1]];
    const newDay = before === undefined || !sameDay(before.sent, message.sent);
    if (newDay) rows.push({ kind: "day", id: `day ${message.id}`, at: message.sent });
    if (message.id === unreadFrom && at > 0) rows.push({ kind: "unread", id: "unread" });
    const first = newDay || message.id === unreadFrom || !together(before, message);
    const last = after === undefined || after.id === unreadFrom || !together(message, after);
    rows.push({ kind: "message", id: message.id, message, first, last });
  });
  return rows;
}

const together = (a: MessageView, b: MessageView): boolean =>
  a.mine === b.mine && sameMinute(a.sent, b.sent) && sameDay(a.sent, b.sent);

/** The first of the newest `unread` foreign messages, as far back as they are loaded. */
export function firstUnread(messages: readonly MessageView[], unread: number): string | undefined {
  return messages.filter(({ mine }) => !mine).slice(-unread || Number.POSITIVE_INFINITY)[0]?.id;
}
