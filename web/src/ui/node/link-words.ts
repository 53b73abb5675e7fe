/** What is said of a link, alike in the picture of the network and in its table. */
import type { ChatView, LinkView } from "#app/api.ts";
import { milliseconds } from "../kit/format.ts";
import { say } from "../words/sentences.ts";
import { type Kind, note } from "../words/sentences-node.ts";

const ID_SHOWN = 12; // hex digits: enough to tell nodes apart by eye

export const shortId = (peer: string): string => peer.slice(0, ID_SHOWN);

export function kindOf({ carrier, anchor }: LinkView): Kind {
  if (carrier === "relayed") return "relayed";
  return anchor ? "anchor" : "direct";
}
export function roleOf({ chat, anchor, sibling }: LinkView): string {
  if (chat !== undefined) return note.contact;
  return anchor ? note.anchor : sibling ? note.sibling : note.ordinary;
}
export const tripOf = ({ roundTrip }: LinkView): string =>
  roundTrip === undefined ? note.unknown : say.date(milliseconds(roundTrip));

/** The contact whose node this is. */
export function contactOf({ chat }: LinkView, chats: readonly ChatView[]): string | undefined {
  const contact = chat === undefined ? undefined : chats.find(({ id }) => id === chat);
  return contact && (contact.name || say.unnamed);
}
