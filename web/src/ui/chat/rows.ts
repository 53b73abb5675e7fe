/**
 * What lies between and around messages: days, minutes, notes, the first unread. No drawing. A change of the chat comes
 * as a new list of mostly the same messages, so a row is made once for each message and kept as long as it is the same.
 */
import type { MessageView, NoteView, OpenChat } from "#app/api.ts";
import { dayOf, sameMinute } from "../kit/format.ts";

/** `first` and `last` of the bubbles that one side wrote within a minute. */
export interface MessageRow {
  kind: "message";
  id: string;
  message: MessageView;
  first: boolean;
  last: boolean;
}
export type Row =
  | { kind: "day"; id: string; at: number }
  | { kind: "unread"; id: string }
  | { kind: "note"; id: string; note: NoteView }
  | MessageRow;

const NO_DAY = { from: 0, to: 0 };

export class Rows {
  readonly #kept = new WeakMap<MessageView, MessageRow>();
  #of: { open: OpenChat; unreadFrom: string | undefined } | undefined;
  #rows: Row[] = [];

  /** `unreadFrom`: id of the first message that was new when the chat was opened. */
  of(open: OpenChat, unreadFrom: string | undefined): readonly Row[] {
    const { messages, notes, more } = open;
    const was = this.#of;
    this.#of = { open, unreadFrom };
    const same = was?.open.messages === messages && was.open.notes === notes && was.open.more === more;
    if (!same || was.unreadFrom !== unreadFrom) this.#rows = this.#make(open, unreadFrom);
    return this.#rows;
  }

  #make({ messages, notes, more }: OpenChat, unreadFrom: string | undefined): Row[] {
    const rows: Row[] = [];
    const waiting = shown(notes, messages, more);
    let day = NO_DAY;
    let joins = false; // the next message to the one before it
    const enter = (at: number, id: string): void => {
      if (at >= day.from && at < day.to) return;
      day = dayOf(at);
      joins = false;
      rows.push({ kind: "day", id: `day ${id}`, at });
    };
    const noteUntil = (at: number): void => {
      for (let note = waiting[0]; note && note.at < at; note = waiting[0]) {
        waiting.shift();
        enter(note.at, note.id);
        rows.push({ kind: "note", id: `note ${note.id}`, note });
        joins = false;
      }
    };
    messages.forEach((message, at) => {
      noteUntil(message.sent);
      enter(message.sent, message.id);
      if (message.id === unreadFrom && at > 0) rows.push({ kind: "unread", id: "unread" });
      const after = messages[at + 1];
      const last =
        after === undefined ||
        after.id === unreadFrom ||
        !together(message, after) ||
        after.sent < day.from ||
        after.sent >= day.to ||
        (waiting[0]?.at ?? Number.POSITIVE_INFINITY) < after.sent;
      rows.push(this.#row(message, !joins, last));
      joins = !last;
    });
    noteUntil(Number.POSITIVE_INFINITY);
    return rows;
  }

  #row(message: MessageView, first: boolean, last: boolean): MessageRow {
    const kept = this.#kept.get(message);
    if (kept && kept.first === first && kept.last === last) return kept;
    const row: MessageRow = { kind: "message", id: message.id, message, first, last };
    this.#kept.set(message, row);
    return row;
  }
}

/** A note older than all that is loaded waits until its surroundings are. */
function shown(notes: readonly NoteView[], messages: readonly MessageView[], more: boolean): NoteView[] {
  const from = more ? (messages[0]?.sent ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  return notes.filter(({ at }) => at >= from).sort((a, b) => a.at - b.at);
}

const together = (a: MessageView, b: MessageView): boolean => a.mine === b.mine && sameMinute(a.sent, b.sent);

/** The first of the newest `unread` foreign messages, as far back as they are loaded. */
export function firstUnread(messages: readonly MessageView[], unread: number): string | undefined {
  let [found, left] = [undefined as string | undefined, unread];
  for (let at = messages.length - 1; at >= 0 && left > 0; at--) {
    const message = messages[at];
    if (message === undefined || message.mine) continue;
    found = message.id;
    left -= 1;
  }
  return found;
}
