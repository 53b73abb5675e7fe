/** What tests of the driver do first: people begin, meet and write, and say what they see. */
import type { TextRecord } from "#chat/driver/records.ts";
import { type Device, MINUTE, Office } from "./office.ts";

/** Ann and Ben, who have begun. */
export interface Strangers {
  office: Office;
  ann: Device;
  ben: Device;
}
/** The same two with the chat that each has with the other. */
export interface Contacts extends Strangers {
  atAnn: string;
  atBen: string;
}

export async function strangers(): Promise<Strangers> {
  const office = new Office();
  return { office, ann: await newcomer(office, "ann"), ben: await newcomer(office, "ben") };
}
export async function contacts(): Promise<Contacts> {
  const two = await strangers();
  return { ...two, ...(await meet(two.ann, two.ben)) };
}
export async function newcomer(office: Office, name: string): Promise<Device> {
  const device = office.device(name);
  await device.start();
  return device;
}

/** The link of a new invite. */
export async function invite(from: Device): Promise<string> {
  const id = await from.chat.createInvite();
  await from.office.clock.advance(1_000);
  const state = from.chat.invites.find((it) => it.id === id);
  if (state === undefined) throw new Error("no invite");
  return from.chat.invitePayload(state);
}
/** Resolves with the chat at the one who answers. */
export async function answer(by: Device, link: string, text = "hello"): Promise<string> {
  const { clock } = by.office;
  const looked = await clock.wait(by.chat.lookUp(link));
  if (looked.kind !== "found") throw new Error(looked.fault);
  return clock.wait(by.chat.answer(looked, text));
}
/** Starts both where they do not run; `ann` invites, `ben` answers, and both are contacts. */
export async function meet(ann: Device, ben: Device): Promise<{ atAnn: string; atBen: string }> {
  const { clock } = ann.office;
  for (const device of [ann, ben]) if (device.chat === undefined) await device.start();
  const before = new Set(ann.chat.chats.map(({ id }) => id));
  const atBen = await answer(ben, await invite(ann));
  await clock.advance(2_000);
  const atAnn = ann.chat.chats.find(({ id }) => !before.has(id))?.id ?? "";
  await clock.wait(ann.chat.acceptRequest(atAnn));
  await clock.advance(MINUTE);
  return { atAnn, atBen };
}

/** Until it is on the own disk. */
export async function write(from: Device, chat: string, ...all: string[]): Promise<void> {
  for (const text of all) await from.office.clock.wait(from.chat.write(chat, text));
}
/** Writes, and gives it a minute to find its way. */
export async function send(from: Device, chat: string, ...all: string[]): Promise<void> {
  await write(from, chat, ...all);
  await from.office.clock.advance(MINUTE);
}
export function texts(device: Device, chat: string): Promise<TextRecord[]> {
  return device.office.clock.wait(device.chat.page(chat, Number.MAX_SAFE_INTEGER, 10_000));
}
export async function words(device: Device, chat: string): Promise<string[]> {
  return (await texts(device, chat)).map(({ text }) => text);
}
export async function lastDelivery(device: Device, chat: string) {
  return (await texts(device, chat)).at(-1)?.delivery;
}
