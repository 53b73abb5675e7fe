/**
 * Opening somebody's invite and writing to them first (protocol.md §8 Invite, §11 First contact). The inviter need not
 * be there: the first contact waits at the invite's address, and what follows in the pair's boxes.
 */

import { Fault } from "#node/errors.ts";
import { DeleteReason } from "#node/ports.ts";
import { type Bundle, bundleExpiries, bundleTag, inviteBox, openBundle, readBundle } from "../bundle.ts";
import { toHex } from "../bytes.ts";
import { msOfUnit } from "../clock.ts";
import { newContact, withPair } from "../contact.ts";
import { expiryOf } from "../envelope.ts";
import type { ChatError } from "../errors.ts";
import { sealFirstContact } from "../firstcontact.ts";
import { FIRST_TEXT_LIMIT, type Item, type MessageId } from "../items.ts";
import { encodeLink, type InviteLink, parseLink } from "../link.ts";
import { newPair } from "../pair.ts";
import { type Engine, randomId, timeOf } from "./engine.ts";
import { hexBytes } from "./hex.ts";
import type { ChatState, Parcel, TextRecord } from "./records.ts";
import { deliver } from "./sending.ts";
import type { Draft } from "./store.ts";

export type InviteFault =
  | "malformed"
  | "foreign-network"
  | "expired"
  | "used"
  | "revoked"
  | "own"
  | "not-found"
  | "unreachable";
export type Looked =
  | { kind: "found"; link: InviteLink; bundle: Bundle; name: string; ends: number }
  | { kind: "fault"; fault: InviteFault };

/** Reads the link alone: what can be said without the network. */
export function readLink(
  engine: Engine,
  text: string,
): { ok: true; link: InviteLink } | { ok: false; fault: InviteFault } {
  const { core, network } = engine.context;
  const parsed = parseLink(core, network, text, timeOf(engine));
  if (!parsed.ok) return { ok: false, fault: faultOf(parsed.error) };
  const own = engine.store.me?.identity.id;
  if (own !== undefined && toHex(own) === toHex(parsed.value.identityId)) return { ok: false, fault: "own" };
  return { ok: true, link: parsed.value };
}

/** Fetches the inviter's bundle. */
export async function lookUp(engine: Engine, link: InviteLink): Promise<Looked> {
  const { core } = engine.context;
  const { post } = engine;
  const fault = (fault: InviteFault): Looked => ({ kind: "fault", fault });
  if (post === undefined) return fault("unreachable");
  const now = timeOf(engine);
  const box = inviteBox(core, link.secret, link.ownerPk);
  const tags = bundleExpiries(now).map((expiry) => bundleTag(core, link.secret, expiry));
  const got = await post.get(box, tags).catch(() => undefined);
  if (got === undefined || got.answered === 0) return fault("unreachable");
  const reasons = got.tombstones.map(({ reason }) => reason);
  if (reasons.includes(DeleteReason.revoked)) return fault("revoked");
  if (reasons.includes(DeleteReason.used)) return fault("used");
  let worst: InviteFault = "not-found";
  for (const { cell } of got.cells) {
    const bundle = await openBundle(engine.context, link, cell, now);
    if (bundle.ok)
      return { kind: "found", link, bundle: bundle.value, name: bundle.value.name, ends: msOfUnit(link.end + 1) };
    worst = faultOf(bundle.error);
  }
  return fault(worst);
}

/** Makes the chat, with a first text where there is one; resolves with its id when it is on disk. */
export async function answer(engine: Engine, found: Extract<Looked, { kind: "found" }>, text: string): Promise<string> {
  const { link, bundle } = found;
  const { core, network } = engine.context;
  if (core.utf8(text).length > FIRST_TEXT_LIMIT) {
    throw new Fault("too-large", "The first text may have 5,000 bytes at most.");
  }
  const parcel = await engine.store.exclusive(async (draft) => {
    const { chat, record } = newChat(engine, draft, found, text);
    if (record !== undefined) draft.setText(chat.id, record);
    draft.setChat({
      ...chat,
      answered: { link: encodeLink(core, network, link), bundle: bundle.bytes, tag: bundle.tag },
    });
    return seal(engine, draft, chat.id, bundle, record === undefined ? [] : [record]);
  });
  if (parcel === undefined) throw new TypeError("The bundle was verified, yet its keys are none.");
  engine.changed();
  deliver(engine, parcel);
  return parcel.chat;
}

/** The life of a first contact ended: another to the same bundle, with the texts of the old one. */
export async function answerAgain(engine: Engine, draft: Draft, old: Parcel): Promise<void> {
  const { core, network } = engine.context;
  const chat = draft.chat(old.chat);
  draft.removeParcel(old.tag);
  if (chat?.answered === undefined) return;
  const link = parseLink(core, network, chat.answered.link, timeOf(engine));
  const bundle = link.ok
    ? await readBundle(engine.context, link.value, chat.answered.bundle, chat.answered.tag)
    : undefined;
  if (!bundle?.ok) {
    draft.setChat({ ...chat, fault: "expired" });
    return;
  }
  const texts = await Promise.all(old.texts.map((number) => draft.text(chat.id, number)));
  await seal(
    engine,
    draft,
    chat.id,
    bundle.value,
    texts.filter((text) => text !== undefined),
  );
}

async function seal(
  engine: Engine,
  draft: Draft,
  chatId: string,
  bundle: Bundle,
  texts: readonly TextRecord[],
): Promise<Parcel | undefined> {
  const { core } = engine.context;
  const me = draft.me;
  if (me === undefined) return undefined;
  const now = timeOf(engine);
  const items: Item[] = [{ kind: "profile", name: me.name }];
  for (const text of texts) {
    items.push({ kind: "text", id: hexBytes(text.id) as MessageId, sent: text.sent, text: text.text });
  }
  if (engine.post !== undefined && !engine.leaf) {
    const { id: nodeId, x25519Pk, incarnation } = engine.post;
    items.push({ kind: "at", nodeId, x25519Pk, incarnation });
  }
  const target = { ...bundle, id: bundle.inviter.id };
  const first = await sealFirstContact(engine.context, me.identity, target, items, { now, life: "week" });
  const chat = draft.chat(chatId);
  if (!first.ok || chat === undefined) return undefined;
  const pair = newPair(core, first.value, 0);
  draft.setChat({ ...chat, pairs: withPair(chat.pairs, pair, now), toldName: me.name });
  const parcel: Parcel = {
    tag: toHex(first.value.cell.subarray(4, 20)),
    chat: chatId,
    kind: "first",
    pair: toHex(pair.th),
    day: 0,
    cell: first.value.cell,
    texts: texts.map((text) => text.number),
    expiry: expiryOf(now, "week"),
    held: 0,
    of: 0,
    made: now,
    put: 0,
  };
  draft.setParcel(parcel);
  return parcel;
}

/** The chat with this person: a known one goes on, with another pair. */
function newChat(engine: Engine, draft: Draft, { bundle, name }: { bundle: Bundle; name: string }, text: string) {
  const now = timeOf(engine);
  const same = (chat: ChatState) => toHex(chat.contact.keys.id) === toHex(bundle.inviter.id);
  const known = [...engine.store.chats.values()].find(same);
  const chat: ChatState = (known && draft.chat(known.id)) ?? {
    id: randomId(engine),
    contact: newContact("pending", bundle.inviter, name, now),
    pairs: [],
    next: 0,
    unread: 0,
    queue: [],
    waiting: [],
    acks: [],
    reads: [],
  };
  if (text === "") return { chat, record: undefined };
  const record: TextRecord = {
    id: toHex(engine.context.random.bytes(16)),
    number: chat.next,
    mine: true,
    text,
    sent: now,
    arrived: now,
    delivery: { kind: "queued" },
  };
  return {
    chat: { ...chat, next: chat.next + 1, sent: now, last: record, waiting: [...chat.waiting, record.number] },
    record,
  };
}

function faultOf(error: ChatError): InviteFault {
  if (error === "foreign-network" || error === "expired" || error === "own") return error;
  return "malformed";
}
