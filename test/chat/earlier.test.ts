/** Profiles of earlier versions: this one opens them, on their day and much later, and shows all that they held. */
import { describe, expect, test } from "vitest";
import { VirtualClock } from "#adapters/memory-clock.ts";
import { SeededRandom } from "#adapters/memory-random.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import { nobleCrypto } from "#adapters/noble.ts";
import { inviteView } from "#app/views.ts";
import { Chat } from "#chat/driver/chat.ts";
import type { TextRecord } from "#chat/driver/records.ts";
import { type Expected, expected, openProfile, VERSIONS } from "../fixtures/open.ts";
import { opened } from "../fixtures/vault.ts";
import { core } from "./support.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The life of an invite. */
const WEEK = 7 * DAY;
const KEPT = VERSIONS.flatMap((version) => (["profile", "confirmed"] as const).map((whose) => ({ version, whose })));

async function open(disk: Map<string, Uint8Array>, network: string, wall: number) {
  const events: string[] = [];
  const chat = await Chat.open({
    core,
    crypto: nobleCrypto,
    random: new SeededRandom("earlier"),
    clock: new VirtualClock(wall),
    log: { event: (name) => events.push(name) },
    network,
    vault: new MemoryStore(disk),
    changed: () => undefined,
  });
  return { chat, events };
}

/** In the words of expected.json. */
const stateOf = ({ mine, delivery }: TextRecord) => {
  if (!mine) return {};
  return { state: delivery?.kind === "queued" || delivery?.kind === "stored" ? "waiting" : delivery?.kind };
};
async function shown(chat: Chat, now: number) {
  const chats = await Promise.all(
    chat.chats.map(async ({ id, contact, unread }) => {
      const all = await chat.page(id, Number.MAX_SAFE_INTEGER, 10_000);
      const texts = all.map((record) => ({ mine: record.mine, text: record.text, ...stateOf(record) }));
      const draft = chat.draft(id);
      return { name: contact.name, phase: contact.phase, unread, ...(draft && { draft }), texts };
    }),
  );
  const storeBytes = chat.prefs.caps?.storeBytes;
  return {
    name: chat.me?.name,
    wordsConfirmed: !chat.hasEntropy,
    ...(storeBytes && { storeBytes }),
    chats: chats.sort((a, b) => (a.name < b.name ? -1 : 1)),
    invites: chat.invites.map((invite) => inviteView(invite, "", now).state).sort(),
  };
}
/** Deleted texts are wanted nowhere; they are looked for by name below. */
const wanted = ({ chats, ...rest }: Expected): Expected => ({
  ...rest,
  chats: chats.map(({ deleted: _deleted, ...chat }) => chat),
});

describe.each(KEPT)("$whose of $version", ({ version, whose }) => {
  const kept = openProfile(version, whose);
  const all = expected(version, whose);

  test.each([
    ["a minute later", MINUTE],
    ["200 days later", 200 * DAY],
  ])("opens %s with every chat, text, state, draft, invite, request and setting", async (_, after) => {
    const now = kept.made + after;
    const { chat, events } = await open(await opened(kept), kept.network, now);
    const invites = all.invites.map((state) => (state === "ready" && after > WEEK ? "expired" : state));
    expect(await shown(chat, now)).toEqual({ ...wanted(all), invites: invites.sort() });
    expect(events).not.toContain("chat.damaged");
    await chat.close();
  });

  test("opens again after it was opened and closed", async () => {
    const disk = await opened(kept);
    for (const run of [1, 2]) {
      const now = kept.made + run * MINUTE;
      const { chat } = await open(disk, kept.network, now);
      expect(await shown(chat, now)).toEqual(wanted(all));
      await chat.close();
    }
  });

  test("shows nowhere what the person had deleted", async () => {
    const { chat } = await open(await opened(kept), kept.network, kept.made + MINUTE);
    const texts = (await shown(chat, kept.made)).chats.flatMap(({ texts }) => texts.map(({ text }) => text));
    for (const text of all.chats.flatMap(({ deleted = [] }) => deleted)) expect(texts).not.toContain(text);
    await chat.close();
  });
});
