/** What befalls people in scenarios over the office: devices are lost and restored, processes killed, holders forget. How
 * they meet and what they see is people.ts. */
import { SeededRandom } from "#adapters/memory-random.ts";
import { toHex } from "#chat/bytes.ts";
import { cardAddress } from "#chat/card.ts";
import type { Me } from "#chat/driver/records.ts";
import { type Device, MINUTE } from "./office.ts";
import { type Contacts, texts, write } from "./people.ts";
import { core } from "./support.ts";

/** The identity of this device on an empty disk; the old one, if it lives, goes on. */
export async function restored(from: Device, as: string, name: string): Promise<Device> {
  const words = from.chat.me?.entropy;
  if (words === undefined) throw new Error("no words");
  const device = from.office.device(as);
  await device.start({ words, name });
  await from.office.clock.advance(MINUTE);
  return device;
}
/** Texts of the other end, in the order of the chat, and those that the other end sent. */
export async function gotAndSent(from: readonly [Device, string], to: readonly [Device, string]) {
  const sent = (await texts(...from)).filter((text) => text.mine);
  const got = (await texts(...to)).filter((text) => !text.mine);
  return { got: got.map((text) => text.text), sent: sent.map((text) => text.text), records: sent };
}
export function chatState(device: Device, chat: string) {
  const state = device.chat.chats.find(({ id }) => id === chat);
  if (state === undefined) throw new Error("no chat");
  return state;
}
/** All holders lose everything but the card of this device. */
export function loseAllBut(device: Device): void {
  const { identity } = device.chat.me as Me;
  const card = toHex(cardAddress(core, identity.id));
  for (const holder of device.office.holders) for (const at of [...holder.keys()]) if (at !== card) holder.delete(at);
}

/** So many texts of Ann's, each in a cell of its own, wait for Ben, and both are away. */
export async function leaveWaiting({ office, ann, ben, atAnn }: Contacts, count: number): Promise<void> {
  await ben.close();
  for (let at = 0; at < count; at++) {
    await write(ann, atAnn, `text ${at}`);
    await office.clock.advance(20);
  }
  await office.clock.advance(MINUTE);
  await ann.close();
}

export type Draw = (below: number) => number;
export function draws(seed: string): Draw {
  const random = new SeededRandom(seed);
  return (below) => (random.bytes(1)[0] as number) % below;
}
/** Both write, and each may be killed at any moment of it. `links` draws whether links may come about, `pauseMs` is the
 * unit of the longer pauses. */
export async function writeAmidKills(
  { office, ann, ben, atAnn, atBen }: Contacts,
  draw: Draw,
  { links, pauseMs }: { links: () => boolean; pauseMs: number },
): Promise<void> {
  for (let i = 0; i < 12; i++) {
    void ann.chat.write(atAnn, `ann ${i}`).catch(() => undefined);
    if (draw(2) === 0) void ben.chat.write(atBen, `ben ${i}`).catch(() => undefined);
    office.links = links();
    await office.clock.advance(draw(2) === 0 ? draw(12) : draw(250) * pauseMs);
    for (const device of [ann, ben]) {
      if (draw(2) === 0) continue;
      device.kill();
      await device.start();
    }
  }
  office.links = true;
}

export const inOrder = (word: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${word} ${at}`);
