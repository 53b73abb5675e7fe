/** What tests of the driver do first: two people meet, and say what they see. */
import type { TextRecord } from "#chat/driver/records.ts";
import type { Device, Office } from "./office.ts";

const MINUTE = 60_000;

/** The link of a new invite. */
export async function invite(office: Office, from: Device): Promise<string> {
  const id = await from.chat.createInvite();
  await office.clock.advance(1_000);
  const state = from.chat.invites.find((it) => it.id === id);
  if (state === undefined) throw new Error("no invite");
  return from.chat.invitePayload(state);
}
/** Resolves with the chat at the one who answers. */
export async function answer(office: Office, by: Device, link: string, text = "hello"): Promise<string> {
  const looked = await office.clock.wait(by.chat.lookUp(link));
  if (looked.kind !== "found") throw new Error(looked.fault);
  return office.clock.wait(by.chat.answer(looked, text));
}
/** Starts both where they do not run; `ann` invites, `ben` answers, and both are contacts. */
export async function meet(office: Office, ann: Device, ben: Device): Promise<{ atAnn: string; atBen: string }> {
  for (const device of [ann, ben]) if (device.chat === undefined) await device.start();
  const before = new Set(ann.chat.chats.map(({ id }) => id));
  const atBen = await answer(office, ben, await invite(office, ann));
  await office.clock.advance(2_000);
  const atAnn = ann.chat.chats.find(({ id }) => !before.has(id))?.id ?? "";
  await office.clock.wait(ann.chat.acceptRequest(atAnn));
  await office.clock.advance(MINUTE);
  return { atAnn, atBen };
}
export function texts(office: Office, device: Device, chat: string): Promise<TextRecord[]> {
  return office.clock.wait(device.chat.page(chat, Number.MAX_SAFE_INTEGER, 10_000));
}
export async function words(office: Office, device: Device, chat: string): Promise<string[]> {
  return (await texts(office, device, chat)).map(({ text }) => text);
}
export async function lastDelivery(office: Office, device: Device, chat: string) {
  return (await texts(office, device, chat)).at(-1)?.delivery;
}
