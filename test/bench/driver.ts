/**
 * The driver of the chats over the test's network in memory and a disk of 1 ms a save: a chat with ten thousand texts, and
 * a thousand cells that waited. Times of the disk and the network are the virtual clock's and the same on every machine;
 * CPU is this thread's, which some kernels count in steps of 4 ms. What runs between two waits is one task of a page: the
 * longest is how long an interface would stand still.
 */

import { decodeChat, encodeChat } from "#chat/driver/codec.ts";
import { pack } from "#chat/driver/json.ts";
import { chatKey, type TextRecord, textKey } from "#chat/driver/records.ts";
import { type Device, MINUTE, type Office } from "../chat/office.ts";
import { contacts } from "../chat/people.ts";
import { leaveWaiting } from "../chat/scenes.ts";
import { SlowDisk } from "../chat/slow-disk.ts";
import { core } from "../chat/support.ts";
import { cpuMs, type Metrics } from "./figures.ts";

const TEXTS = 10_000;
const UNREAD = 1_000;
const CELLS = 1_000;
const PAGE = 60;
const PAGES = 2_000;
const DISK_MS = 1;

export async function driverMetrics(): Promise<Metrics> {
  return { ...(await history()), ...(await waiting()) };
}

/** Until the promise settles: virtual ms, CPU ms, and ms of the longest step. */
async function timed<T>(
  office: Office,
  begin: () => Promise<T>,
): Promise<{ virtual: number; cpu: number; step: number }> {
  let settled = false;
  const began = { virtual: office.clock.now(), cpu: cpuMs() };
  let longest = 0;
  let before = cpuMs();
  const lap = () => {
    const now = cpuMs();
    longest = Math.max(longest, now - before);
    before = now;
  };
  const mark = () => {
    settled = true;
  };
  const task = begin();
  task.then(mark, mark);
  for (await office.clock.settle(), lap(); !settled; lap()) await office.clock.step();
  await task;
  return { virtual: office.clock.now() - began.virtual, cpu: cpuMs() - began.cpu, step: longest };
}

async function history(): Promise<Metrics> {
  const { office, ben, atBen } = await contacts();
  await ben.close();
  fill(ben, atBen);
  const disk = new SlowDisk(ben.disk, office.clock, DISK_MS);
  ben.store = () => disk;
  await ben.start();
  ben.line.up(false);
  await office.clock.advance(MINUTE);
  const page = () => ben.chat.page(atBen, Number.MAX_SAFE_INTEGER, PAGE);
  const open = await timed(office, page);
  await office.clock.advance(1_000);
  const again = await timed(office, async () => {
    for (let at = 0; at < PAGES; at++) await page();
  });
  const all = await timed(office, () => ben.chat.page(atBen, Number.MAX_SAFE_INTEGER, TEXTS));
  const read = await timed(office, () => ben.chat.markRead(atBen));
  const texts = await office.clock.wait(ben.chat.page(atBen, Number.MAX_SAFE_INTEGER, 1));
  const removed = await timed(office, () => ben.chat.remove(atBen, texts[0]?.id ?? ""));
  return {
    open_10000_disk_ms: open.virtual,
    open_10000_step_ms: open.step,
    page_again_us: (again.cpu / PAGES) * 1000,
    page_10000_step_ms: all.step,
    mark_read_step_ms: read.step,
    remove_step_ms: removed.step,
  };
}

/** Ten thousand texts of the other, straight onto the disk. */
function fill({ disk }: Device, chat: string): void {
  const stored = disk.get(chatKey(chat));
  const state = stored && decodeChat(core, stored);
  if (state === undefined) throw new Error("there is no chat");
  let last: TextRecord | undefined;
  for (let number = state.next; number < state.next + TEXTS; number++) {
    const id = number.toString(16).padStart(32, "0");
    const at = state.contact.created + number;
    last = { id, number, mine: false, text: `text ${number} of many`, sent: at, arrived: at, path: "direct" };
    disk.set(textKey(chat, number), pack(core, last));
  }
  const filled = { ...state, next: state.next + TEXTS, unread: UNREAD };
  disk.set(chatKey(chat), encodeChat(core, last === undefined ? filled : { ...filled, last }));
}

async function waiting(): Promise<Metrics> {
  const two = await contacts();
  const { office, ben, atBen } = two;
  await leaveWaiting(two, CELLS);
  const disk = new SlowDisk(ben.disk, office.clock, DISK_MS);
  ben.store = () => disk;
  const unread = () => ben.chat.chats.find(({ id }) => id === atBen)?.unread ?? 0;
  await ben.start();
  const before = disk.saves;
  const pulled = await timed(office, async () => {
    while (unread() < CELLS) await new Promise<void>((done) => void office.clock.after(1, done));
  });
  return {
    waiting_1000_disk_ms: pulled.virtual,
    waiting_1000_saves: disk.saves - before,
    waiting_1000_cpu_ms: pulled.cpu,
    waiting_1000_step_ms: pulled.step,
  };
}
