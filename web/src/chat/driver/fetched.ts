/**
 * Cells that their owner deleted, as its signature shows: fetched, although no acknowledgement came (protocol.md §7). Their
 * texts are asked for once more in a new cell, the later the older they are.
 */
import { toHex } from "../bytes.ts";
import { MINUTE_MS } from "../clock.ts";
import { isShared } from "../contact.ts";
import type { Draft } from "./draft.ts";
import { type Engine, timeOf } from "./engine.ts";
import type { Parcel } from "./records.ts";

/** A fetched cell is acknowledged within a minute; when no word came, a new cell asks for it again. Tier 3. */
const FETCHED_PATIENCE_MS = 10 * MINUTE_MS;

/** Deleted by its owner means fetched. The acknowledgement is on its way, or was lost. */
export async function fetched(engine: Engine, parcel: Parcel): Promise<void> {
  const now = timeOf(engine);
  await engine.store.exclusive(async (draft) => {
    const kept = draft.parcel(parcel.tag);
    if (kept === undefined) return;
    for (const number of kept.texts) {
      const text = await draft.text(kept.chat, number);
      if (text !== undefined && text.fetched !== kept.pair) draft.setText(kept.chat, { ...text, fetched: kept.pair });
    }
    const lost = kept.fetched !== undefined && now - kept.fetched > (await patience(draft, kept, now));
    // A cell without texts has nothing to be asked for again.
    if (kept.texts.length === 0 && kept.kind === "pair") draft.removeParcel(kept.tag);
    else if (lost && (kept.kind === "pair" || isAnswered(engine, kept))) requeue(draft, kept);
    else draft.setParcel({ ...kept, fetched: kept.fetched ?? now });
  });
}

/** The older a text, the longer: who deletes and never acknowledges costs a few cells, not fifty a day. */
async function patience(draft: Draft, parcel: Parcel, now: number): Promise<number> {
  let sent = parcel.made;
  for (const number of parcel.texts) sent = Math.min(sent, (await draft.text(parcel.chat, number))?.sent ?? sent);
  return Math.max(FETCHED_PATIENCE_MS, (now - sent) / 2);
}

export function isAnswered(engine: Engine, parcel: Parcel): boolean {
  const pair = engine.store.chats.get(parcel.chat)?.pairs.find((known) => toHex(known.th) === parcel.pair);
  return pair !== undefined && isShared(pair);
}

/** The texts of this cell go into a new one. */
export function requeue(draft: Draft, parcel: Parcel): void {
  const chat = draft.chat(parcel.chat);
  draft.removeParcel(parcel.tag);
  if (chat === undefined) return;
  const back = parcel.texts.filter((number) => chat.waiting.includes(number));
  const waiting = chat.waiting.filter((number) => !back.includes(number));
  const queue = [...new Set([...back, ...chat.queue])].sort((a, b) => a - b);
  draft.setChat({ ...chat, waiting, queue });
}
