/** What befalls people in scenarios over the office: devices are lost and restored, holders forget. How they meet and what
 * they see is people.ts. */
import { toHex } from "#chat/bytes.ts";
import { cardAddress } from "#chat/card.ts";
import type { Me } from "#chat/driver/records.ts";
import type { Device, Office } from "./office.ts";
import { meet as contacts, texts } from "./people.ts";
import { core } from "./support.ts";

export { answer, invite, texts, words } from "./people.ts";

const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Two who are contacts: `b` answered the invite of `a`. */
export async function meet(office: Office, a: Device, b: Device): Promise<{ atA: string; atB: string }> {
  const { atAnn, atBen } = await contacts(office, a, b);
  return { atA: atAnn, atB: atBen };
}
/** The identity of this device on an empty disk; the old one, if it lives, goes on. */
export async function restored(office: Office, from: Device, as: string, name: string): Promise<Device> {
  const words = from.chat.me?.entropy;
  if (words === undefined) throw new Error("no words");
  const device = office.device(as);
  await device.start({ words, name });
  await office.clock.advance(MINUTE);
  return device;
}
/** Texts of the other end, by id and in the order of the chat, and those that the other end sent. */
export async function gotAndSent(office: Office, from: [Device, string], to: [Device, string]) {
  const sent = (await texts(office, ...from)).filter((text) => text.mine);
  const got = (await texts(office, ...to)).filter((text) => !text.mine);
  return { got: got.map((text) => text.text), sent: sent.map((text) => text.text), records: sent };
}
export function chatState(device: Device, chat: string) {
  const state = device.chat.chats.find(({ id }) => id === chat);
  if (state === undefined) throw new Error("no chat");
  return state;
}
/** All holders lose everything but the card of this device. */
export function loseAllBut(office: Office, device: Device): void {
  const { identity } = device.chat.me as Me;
  const card = toHex(cardAddress(core, identity.id));
  for (const holder of office.holders) for (const at of [...holder.keys()]) if (at !== card) holder.delete(at);
}
