/**
 * Cells of requests that were read (protocol.md §8, Pull; §11). What a person did not accept changes nothing outside this
 * device: such a cell stays at its holders, remembered with its chat, so that it is neither fetched nor shown again. What
 * the person decides, accept, decline, block or delete, is not to be seen there either: everything of the chat is deleted
 * at a random time within six hours, by whoever runs then, page or worker.
 * Not here: cells of contacts, which are deleted seconds after they are on disk (pulling.ts, inbox.ts).
 */
import { DeleteReason } from "#node/ports.ts";
import { equal, toHex } from "../bytes.ts";
import { HOUR_MS, MINUTE_MS } from "../clock.ts";
import { isPast, TAG } from "../envelope.ts";
import { inboxBox } from "../inbox.ts";
import { boxOf as inviteBoxOf } from "../invite.ts";
import { boxToRead } from "../pair.ts";
import type { Box } from "../ports.ts";
import type { Draft } from "./draft.ts";
import { background, count, type Engine, isElsewhere, jitter, timeOf } from "./engine.ts";
import { answerTo } from "./expected.ts";
import { type ChatState, type Deletion, REQUEST_CELLS, type ReadAt, type ReadCell } from "./records.ts";

/** A decision shows at holders no earlier and no later. Tier 3. */
const EARLIEST_MS = 10 * MINUTE_MS;
const LATEST_MS = 6 * HOUR_MS;
/** What was due while nothing ran is spread over as much, so that a start does not tell of itself. Tier 3. */
const SPREAD_MS = 10 * MINUTE_MS;
const AGAIN_MS = 10 * MINUTE_MS;
/** Cells that wait to be deleted: those of 64 requests. What is more ends at its holders by itself. Tier 3. */
const DELETIONS = 64 * REQUEST_CELLS;
const ALARM = "deletions";

/** This cell of the chat is on disk. While the chat is a request it stays where it lay. True where it does. */
export function staysUndecided(draft: Draft, chatId: string, cell: ReadCell): boolean {
  const chat = draft.chat(chatId);
  if (chat?.contact.phase !== "request") return false;
  const { undecided = [] } = chat;
  const known = undecided.some((kept) => sameCell(kept, cell));
  if (!known && undecided.length < REQUEST_CELLS) draft.setChat({ ...chat, undecided: [...undecided, cell] });
  return true;
}
/** The request whose cell this is: its author puts the same bytes again in the next day's inbox. */
export function undecidedOf(engine: Engine, header: Uint8Array): string | undefined {
  for (const { id, undecided = [] } of engine.store.chats.values()) {
    if (undecided.some((kept) => equal(kept.header, header))) return id;
  }
  return undefined;
}
/** Tags, hex, of what lies there, was read, and is not deleted yet. */
export function readAt(engine: Engine, at: ReadAt): Set<string> {
  const tags = new Set<string>();
  const take = (cell: ReadCell): void => {
    if (sameAt(cell.at, at)) tags.add(toHex(cell.header.subarray(4, 4 + TAG)));
  };
  for (const { undecided = [] } of engine.store.chats.values()) undecided.forEach(take);
  for (const deletion of engine.store.deletions.values()) take(deletion);
  return tags;
}

/** The person decided about this chat: what was read of it is to be deleted, all of it at one time. */
export function decide(engine: Engine, draft: Draft, chatId: string): void {
  const chat = draft.chat(chatId);
  if (chat?.undecided === undefined) return;
  const { undecided, ...rest } = chat;
  draft.setChat(rest);
  const due = timeOf(engine) + EARLIEST_MS + jitter(engine, LATEST_MS - EARLIEST_MS);
  let room = DELETIONS - engine.store.deletions.size;
  for (const { at, header } of undecided) {
    const box = "pair" in at ? pairBox(engine, chat, at) : undefined;
    // A day that is erased has no cells that still live.
    if ("pair" in at && box === undefined) continue;
    if (room-- <= 0) count(engine, "deletion.over");
    else draft.setDeletion(deletionOf({ at, header }, due, box));
  }
}
/** As it stands on the disk (docs/protocol/undecided.md). */
export function deletionOf({ at, header }: ReadCell, due: number, box?: Box): Deletion {
  const id = `${nameOf(at)}-${toHex(header.subarray(4, 4 + TAG))}`;
  return { id, at, header, due, ...(box && { box }) };
}
/** After each decision, and when the network is there. */
export function deleteInTime(engine: Engine): void {
  const due = [...engine.store.deletions.values()].map((one) => one.due);
  if (due.length === 0 || engine.post === undefined || engine.leaf || isElsewhere(engine)) return;
  const wait = Math.min(...due) - timeOf(engine);
  const spread = wait < 0 ? jitter(engine, SPREAD_MS) : 0;
  engine.alarms.setOnce(ALARM, Math.max(0, wait) + spread, () => background(engine, "delete", inTurn(engine)));
}
/** At once what is due: for a run of seconds. */
export async function deleteDue(engine: Engine): Promise<void> {
  const now = timeOf(engine);
  for (const deletion of [...engine.store.deletions.values()]) {
    if (deletion.due <= now) await carryOut(engine, deletion);
  }
}
async function inTurn(engine: Engine): Promise<void> {
  const now = timeOf(engine);
  await deleteDue(engine);
  // What nobody answered for is still due.
  const isLeft = [...engine.store.deletions.values()].some(({ due }) => due <= now);
  if (isLeft) engine.alarms.set(ALARM, AGAIN_MS, () => background(engine, "delete", inTurn(engine)));
  else deleteInTime(engine);
}

async function carryOut(engine: Engine, { id, at, header, box }: Deletion): Promise<void> {
  const where = box ?? placeOf(engine, at);
  const over = where === undefined || isPast((header[2] as number) * 256 + (header[3] as number), timeOf(engine));
  if (!over && engine.post === undefined) return;
  const asked = over ? undefined : engine.post?.delete(where, header, DeleteReason.read);
  const answer = asked && (await answerTo(engine, "delete", asked));
  if (!over && (answer === undefined || answer.answered === 0)) return;
  await engine.store.exclusive((draft) => draft.removeDeletion(id));
}

function pairBox(engine: Engine, { pairs }: ChatState, at: { pair: string; day: number }): Box | undefined {
  const pair = pairs.find(({ th }) => toHex(th) === at.pair);
  return pair && at.day >= pair.boxes.oldest ? boxToRead(engine.context.core, pair, at.day) : undefined;
}
function placeOf({ store, context }: Engine, at: ReadAt): Box | undefined {
  const identity = store.me?.identity;
  if ("inbox" in at) return identity && inboxBox(at.inbox, identity.inboxPk, identity.inboxSecret);
  const invite = "invite" in at ? store.invites.get(at.invite)?.invite : undefined;
  return invite && inviteBoxOf(context.core, invite);
}
function sameCell(a: ReadCell, b: ReadCell): boolean {
  return equal(a.header, b.header) && sameAt(a.at, b.at);
}
/** By their fields: strangers can leave thousands to be compared with each time a box is read. */
function sameAt(a: ReadAt, b: ReadAt): boolean {
  if ("pair" in a) return "pair" in b && a.day === b.day && a.pair === b.pair;
  if ("inbox" in a) return "inbox" in b && a.inbox === b.inbox;
  return "invite" in b && a.invite === b.invite;
}
function nameOf(at: ReadAt): string {
  if ("pair" in at) return `${at.pair.slice(0, 32)}-${at.day}`;
  return "inbox" in at ? `inbox-${at.inbox}` : `invite-${at.invite}`;
}
