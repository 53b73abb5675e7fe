/**
 * test/vectors/chat.json: one story in bytes, with every secret, so that another implementation can check what it opens:
 * Ada invites Bob, Bob writes, Ada answers. The layouts are in the head comments of web/src/chat. Read back from the
 * file's secrets alone, and made again from the same randomness; VECTORS=write writes the file anew.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { englishWords } from "#adapters/words.ts";
import { boxOfDay, newBoxes } from "#chat/boxes.ts";
import { bundleExpiry, bundleTag, inviteBox, openBundle } from "#chat/bundle.ts";
import { toHex } from "#chat/bytes.ts";
import { cardAddress, cardHash, openCardCell, signCard, verifyCard } from "#chat/card.ts";
import { DAY_MS, unitOf } from "#chat/clock.ts";
import { openFirstContact, sealFirstContact } from "#chat/firstcontact.ts";
import { identityFrom } from "#chat/identity.ts";
import { linkOf, newInvite, payloadOf, withBundle } from "#chat/invite.ts";
import { decodeItems, encodeItems, type Item, messageId } from "#chat/items.ts";
import { parseLink } from "#chat/link.ts";
import { newPrekeys } from "#chat/prekey.ts";
import { CONTENT, newSession, openCell, sealCell } from "#chat/session.ts";
import { knockKey, knockToken } from "#chat/token.ts";
import type { NodeId } from "#node/ports.ts";
import { contextOf, core, good, NETWORK, NOW } from "./support.ts";

const FILE = new URL("../vectors/chat.json", import.meta.url);
const TEXTS = ["Hello Ada, it is Bob.", "Grüß dich, Bob 👋"] as const;

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const item = (byte: number, text: string): Item => {
  return { kind: "text", id: messageId(new Uint8Array(16).fill(byte)), sent: NOW, text };
};
const addressOf = (box: ReturnType<typeof inviteBox>): string => {
  if (box.kind === 5) return toHex(box.address);
  return toHex(core.address({ kind: box.kind, day: box.day, writePk: box.write.pk, ownerPk: box.owner.pk }));
};

type Story = Awaited<ReturnType<typeof tell>>;

async function tell() {
  const context = contextOf(2_026);
  const { random } = context;
  const entropy = { ada: random.bytes(32), bob: random.bytes(32) };
  const [ada, bob] = [await identityFrom(context, entropy.ada), await identityFrom(context, entropy.bob)];
  const card = await signCard(context, ada, await newPrekeys(context), {
    generation: 270_000,
    now: NOW,
    stampBits: 22,
  });
  const fresh = await newInvite(context, { now: NOW, end: unitOf(NOW) + 28, flags: 0 });
  const made = await withBundle(context, ada, fresh, { card, name: "Ada", now: NOW });
  if (made === undefined || fresh.keys === undefined) throw new Error("no bundle");
  const link = linkOf(ada, made.invite);
  const bundle = good(await openBundle(context, link, made.cell, NOW));
  const target = { ...bundle, id: ada.id };
  const first = good(await sealFirstContact(context, bob, target, [item(1, TEXTS[0])], { now: NOW, life: "week" }));
  const cell = (role: 0 | 1, byte: number, text: string) => {
    const content = encodeItems(core, [item(byte, text)], CONTENT[2_048]);
    const plain = { expiry: unitOf(NOW) + 28, tag: random.bytes(16), content };
    return { from: role, n: 0, cell: toHex(sealCell(core, newSession(core, first.sk, role), plain).cell) };
  };
  const boxes = newBoxes(core, first.sk, NOW);
  const days = [0, 1, 8].map((later) => {
    const day = boxes.oldest + later;
    const [forth, back] = [addressOf(boxOfDay(core, boxes, 0, day)), addressOf(boxOfDay(core, boxes, 1, day))];
    return { day, fromOpener: forth, toOpener: back };
  });
  const [dialer, nodeId] = [random.bytes(32) as NodeId, random.bytes(32) as NodeId];
  return {
    network: "nodus/1/test-chat",
    now: NOW,
    people: [
      { name: "Ada", entropy: toHex(entropy.ada), words: englishWords.encode(entropy.ada), identityId: toHex(ada.id) },
      { name: "Bob", entropy: toHex(entropy.bob), words: englishWords.encode(entropy.bob), identityId: toHex(bob.id) },
    ],
    card: { address: toHex(cardAddress(core, ada.id)), hash: toHex(cardHash(core, card)), bytes: toHex(card) },
    invite: {
      payload: payloadOf(context, ada, made.invite),
      secret: toHex(fresh.secret),
      ownerSecret: toHex(fresh.ownerSecret),
      x25519Secret: toHex(fresh.keys.x25519Secret),
      mlkemSeed: toHex(fresh.keys.mlkemSeed),
      address: addressOf(inviteBox(core, fresh.secret, fresh.ownerPk)),
      expiry: bundleExpiry(NOW),
      tag: toHex(bundle.tag),
      hash: toHex(bundle.hash),
      cell: toHex(made.cell),
    },
    firstContact: { th: toHex(first.th), sk: toHex(first.sk), text: TEXTS[0], cell: toHex(first.cell) },
    session: { text: TEXTS[1], cells: [cell(0, 2, TEXTS[1]), cell(1, 3, TEXTS[1])] },
    boxes: { offset: boxes.offset, days },
    knock: {
      dialer: toHex(dialer),
      target: toHex(nodeId),
      token: toHex(knockToken(core, knockKey(core, first.sk), dialer, nodeId, NOW)),
    },
  };
}

describe("the shared vectors of the chat", () => {
  const context = contextOf(1);
  let story: Story;
  beforeAll(async () => {
    if (process.env["VECTORS"] === "write") writeFileSync(FILE, `${JSON.stringify(await tell(), undefined, 1)}\n`);
    story = JSON.parse(readFileSync(FILE, "utf8")) as Story;
  });

  it("are made again byte for byte from the same randomness", async () => {
    expect(await tell()).toEqual(story);
  });

  it("open from their secrets: identities, card, invite", async () => {
    for (const { entropy, words, identityId } of story.people) {
      expect(englishWords.decode(words)).toEqual(hex(entropy));
      expect(toHex((await identityFrom(context, hex(entropy))).id)).toBe(identityId);
    }
    const ada = await identityFrom(context, hex(story.people[0]?.entropy ?? ""));
    const card = good(await verifyCard(context, hex(story.card.bytes), ada.id));
    expect(card.generation).toBe(270_000);
    expect(openCardCell(core, hex(story.invite.cell)).ok).toBe(false);
    const link = good(parseLink(core, NETWORK, story.invite.payload, story.now));
    expect(toHex(bundleTag(core, link.secret, story.invite.expiry))).toBe(story.invite.tag);
    const bundle = good(await openBundle(context, link, hex(story.invite.cell), story.now));
    expect([bundle.name, toHex(bundle.hash)]).toEqual(["Ada", story.invite.hash]);
    expect(bundle.x25519Pk).toEqual(core.x25519Public(hex(story.invite.x25519Secret)));
  });

  it("open from their secrets: first contact and session", async () => {
    const ada = await identityFrom(context, hex(story.people[0]?.entropy ?? ""));
    const { invite, firstContact, session } = story;
    const secrets = { x25519Secret: hex(invite.x25519Secret), mlkemSeed: hex(invite.mlkemSeed) };
    const receiver = { ...secrets, targets: [{ hash: hex(invite.hash), tag: hex(invite.tag) }], opened: [] };
    const got = good(await openFirstContact(context, ada, [receiver], hex(firstContact.cell), story.now));
    expect([toHex(got.th), toHex(got.sk)]).toEqual([firstContact.th, firstContact.sk]);
    expect([toHex(got.sender.id), got.items]).toEqual([story.people[1]?.identityId, [item(1, firstContact.text)]]);
    for (const { from, n, cell } of session.cells) {
      const reader = newSession(core, got.sk, from === 0 ? 1 : 0);
      const opened = good(openCell(core, reader, hex(cell), story.now + DAY_MS));
      expect(opened.n).toBe(n);
      expect(good(decodeItems(core, opened.content))).toEqual([item(from + 2, session.text)]);
    }
  });
});
