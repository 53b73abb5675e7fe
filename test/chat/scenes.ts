/** What people do in scenarios over the office: invite, answer, become contacts, look at their texts. */
import { toHex } from "#chat/bytes.ts";
import { cardAddress } from "#chat/card.ts";
import type { Me, TextRecord } from "#chat/driver/records.ts";
import type { Device, Office } from "./office.ts";
import { core } from "./support.ts";

const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export async function invite(office: Office, by: Device): Promise<string> {
  const id = await office.clock.wait(by.chat.createInvite());
  await office.clock.advance(SECOND);
  const state = by.chat.invites.find((it) => it.id === id);
  if (state === undefined) throw new Error("no invite");
  return by.chat.invitePayload(state);
}
/** Resolves with the chat of who answers. */
export async function answer(office: Office, by: Device, link: string, text: string): Promise<string> {
  const looked = await office.clock.wait(by.chat.lookUp(link));
  if (looked.kind !== "found") throw new Error(looked.fault);
  return office.clock.wait(by.chat.answer(looked, text));
}
/** Two who are contacts: `b` answered the invite of `a`. */
export async function meet(office: Office, a: Device, b: Device): Promise<{ atA: string; atB: string }> {
  const atB = await answer(office, b, await invite(office, a), "hello");
  await office.clock.advance(2 * SECOND);
  const atA = a.chat.chats.at(-1)?.id ?? "";
  await office.clock.wait(a.chat.acceptRequest(atA));
  await office.clock.advance(MINUTE);
  return { atA, atB };
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
export async function texts(office: Office, device: Device, chat: string): Promise<TextRecord[]> {
  return office.clock.wait(device.chat.page(chat, Number.MAX_SAFE_INTEGER, 10_000));
}
export async function words(office: Office, device: Device, chat: string): Promise<string[]> {
  return (await texts(office, device, chat)).map((text) => text.text);
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
