/** Where a cell of ours belongs. */

import { inviteBox } from "../bundle.ts";
import { toHex } from "../bytes.ts";
import { inboxBox } from "../inbox.ts";
import { parseLink } from "../link.ts";
import { boxToWrite } from "../pair.ts";
import type { Box } from "../ports.ts";
import type { Engine } from "./engine.ts";
import type { Parcel } from "./records.ts";

/** Undefined once the place can no longer be computed: the day is erased, or the invite is answered. */
export function boxOf(engine: Engine, parcel: Parcel): Box | undefined {
  const { core, network } = engine.context;
  const chat = engine.store.chats.get(parcel.chat);
  if (parcel.inbox !== undefined) return inboxBox(parcel.day, parcel.inbox.pk);
  if (parcel.kind === "first") {
    // Time 0: an invite that ended meanwhile still names its place.
    const link = chat?.answered && parseLink(core, network, chat.answered.link, 0);
    return link?.ok ? inviteBox(core, link.value.secret, link.value.ownerPk) : undefined;
  }
  const pair = chat?.pairs.find((known) => toHex(known.th) === parcel.pair);
  return pair && parcel.day >= pair.boxes.oldest ? boxToWrite(core, pair, parcel.day) : undefined;
}
