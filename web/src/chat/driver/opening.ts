/** First contacts of ours: sealed onto the draft, as the cell to be put and the pair that it makes (protocol.md §11). */
import type { Card } from "#node/ports.ts";
import { toHex } from "../bytes.ts";
import { atItem, newestOf, type Whereabouts, withPair, type withRenewal } from "../contact.ts";
import { expiryOf } from "../envelope.ts";
import { FIRST_CONTENT, sealFirstContact, type Target } from "../firstcontact.ts";
import { inboxDay } from "../inbox.ts";
import { type Item, itemSize, type MessageId } from "../items.ts";
import { newPair } from "../pair.ts";
import type { Draft } from "./draft.ts";
import { type Engine, timeOf, whereabouts } from "./engine.ts";
import { hexBytes } from "./hex.ts";
import type { Parcel, TextRecord } from "./records.ts";

export interface Opening {
  chat: string;
  target: Target;
  /** Those that have no room stay where they are. */
  texts: readonly TextRecord[];
  /** Through this card's inbox; absent through an invite. */
  card?: Card;
  join?: typeof withPair | typeof withRenewal;
}

/** Undefined where the target's keys are none. */
export async function open(engine: Engine, draft: Draft, opening: Opening): Promise<Parcel | undefined> {
  const { core } = engine.context;
  const { me } = draft;
  const chat = draft.chat(opening.chat);
  if (me === undefined || chat === undefined) return undefined;
  const now = timeOf(engine);
  const own = whereabouts(engine);
  const { items, texts } = content(engine, me.name, own, opening.texts);
  // The newest pair counts: the other end must find this one newer than any that we know, also by a clock set back.
  const time = Math.max(now, (newestOf(chat.pairs)?.created ?? 0) + 1);
  const first = await sealFirstContact(engine.context, me.identity, opening.target, items, { now: time, life: "week" });
  if (!first.ok) return undefined;
  const pair = newPair(core, first.value, 0);
  const pairs = (opening.join ?? withPair)(chat.pairs, pair, now);
  draft.setChat({ ...chat, contact: { ...chat.contact, told: own }, pairs, toldName: me.name });
  const { card } = opening;
  const parcel: Parcel = {
    tag: toHex(first.value.cell.subarray(4, 20)),
    chat: chat.id,
    kind: "first",
    ...(card === undefined ? {} : { inbox: { pk: card.inboxPk, bits: card.stampBits } }),
    pair: toHex(pair.th),
    day: card === undefined ? 0 : inboxDay(now),
    cell: first.value.cell,
    texts: texts.map((text) => text.number),
    expiry: expiryOf(time, "week"),
    held: 0,
    of: 0,
    made: now,
    put: 0,
  };
  draft.setParcel(parcel);
  return parcel;
}

/** Who writes, where they are, and the first texts that fit. */
function content(engine: Engine, name: string, own: Whereabouts | undefined, waiting: readonly TextRecord[]) {
  const { core } = engine.context;
  const items: Item[] = [{ kind: "profile", name }];
  if (own !== undefined) items.push(atItem(own));
  let room = FIRST_CONTENT - items.reduce((sum, item) => sum + itemSize(core, item), 0);
  const texts: TextRecord[] = [];
  for (const text of waiting) {
    const item: Item = { kind: "text", id: hexBytes(text.id) as MessageId, sent: text.sent, text: text.text };
    room -= itemSize(core, item);
    if (room < 0) break;
    items.push(item);
    texts.push(text);
  }
  return { items, texts };
}
