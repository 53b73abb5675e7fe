/**
 * Opening somebody's invite and writing to them first (protocol.md §8 Invite, §11 First contact). The inviter need not
 * be there: the first contact waits at the invite's address, and what follows in the pair's boxes.
 */

import { Fault } from "#node/errors.ts";
import { type Card, DeleteReason } from "#node/ports.ts";
import { type Bundle, bundleExpiries, bundleTag, inviteBox, openBundle, readBundle } from "../bundle.ts";
import { equal, toHex } from "../bytes.ts";
import { compareCards } from "../card.ts";
import { msOfUnit } from "../clock.ts";
import type { ChatError } from "../errors.ts";
import { publicIdentity } from "../identity.ts";
import { FIRST_TEXT_LIMIT } from "../items.ts";
import { encodeLink, type InviteLink, parseLink } from "../link.ts";
import type { Fetched } from "../ports.ts";
import { type FoundCard, readCard, targetOf } from "./cards.ts";
import type { Draft } from "./draft.ts";
import { type Engine, isSuperseded, tellFault, timeOf } from "./engine.ts";
import { unlessSilent } from "./expected.ts";
import { chatWith, newChat } from "./meeting.ts";
import { open } from "./opening.ts";
import type { ChatState, Parcel, TextRecord } from "./records.ts";
import { deliver } from "./sending.ts";

export type InviteFault =
  | "malformed"
  | "foreign-network"
  | "expired"
  | "used"
  | "revoked"
  | "own"
  | "not-found"
  | "unreachable"
  | "failed";
/** `to`: the bundle, or the card where the bundle is gone. */
export type Looked =
  | { kind: "found"; link: InviteLink; to: { bundle: Bundle } | { card: FoundCard }; name: string; ends: number }
  | { kind: "fault"; fault: InviteFault };
type Found = Extract<Looked, { kind: "found" }>;

const MESSAGE_ID = /^[0-9a-f]{32}$/;
/** The chat that there is already with whom a link leads to; `through`: it began with this very link. */
export interface Known {
  chat: string;
  through: boolean;
}

/** Reads the link alone: what can be said without the network. */
export function readLink(
  engine: Engine,
  text: string,
): ({ ok: true; link: InviteLink } | { ok: false; fault: InviteFault }) & { known?: Known } {
  const { core, network } = engine.context;
  const parsed = parseLink(core, network, text, timeOf(engine));
  // Time 0: one that ended meanwhile still leads to whom it was of.
  const ever = parsed.ok ? parsed : parseLink(core, network, text, 0);
  const known = ever.ok ? knownBy(engine, ever.value) : undefined;
  const more = known === undefined ? {} : { known };
  if (!parsed.ok) return { ok: false, fault: faultOf(parsed.error), ...more };
  const own = engine.store.me?.identity.id;
  if (own !== undefined && equal(own, parsed.value.identityId)) return { ok: false, fault: "own", ...more };
  return { ok: true, link: parsed.value, ...more };
}

function knownBy({ store, context }: Engine, link: InviteLink): Known | undefined {
  const { core, network } = context;
  const chats = [...store.chats.values()];
  // Ours: whoever came through it, an accepted one first.
  const invite = [...store.invites.values()].find((state) => equal(state.invite.ownerPk, link.ownerPk))?.id;
  const came = chats.filter((chat) => invite !== undefined && chat.invite === invite);
  const guest = came.find(({ contact }) => contact.phase === "open") ?? came[0];
  if (guest !== undefined) return { chat: guest.id, through: true };
  const host = chats.find(({ contact }) => equal(contact.keys.id, link.identityId));
  if (host === undefined) return undefined;
  const answered = host.answered && parseLink(core, network, host.answered.link, 0);
  return { chat: host.id, through: answered?.ok === true && equal(answered.value.ownerPk, link.ownerPk) };
}

/** What lies at the invite's address under the tags of its bundles, tombstones with their reasons included; undefined
 * where nobody answered. */
export async function bundlesAt(engine: Engine, link: InviteLink): Promise<Fetched | undefined> {
  const { core } = engine.context;
  const tags = bundleExpiries(timeOf(engine)).map((expiry) => bundleTag(core, link.secret, expiry));
  const got = engine.post?.get(inviteBox(core, link.secret, link.ownerPk), tags);
  return got && (await unlessSilent(got));
}

/** Fetches the inviter's bundle; where none lies there any more, their card. A fault of ours says nothing of the invite. */
export async function lookUp(engine: Engine, link: InviteLink): Promise<Looked> {
  try {
    return await find(engine, link);
  } catch (error) {
    tellFault(engine, "invite", error);
    return { kind: "fault", fault: "failed" };
  }
}
async function find(engine: Engine, link: InviteLink): Promise<Looked> {
  const fault = (fault: InviteFault): Looked => ({ kind: "fault", fault });
  const got = await bundlesAt(engine, link);
  // What the own store has is nobody's answer, and as good.
  if (got === undefined || got.answered + got.cells.length + got.tombstones.length === 0) return fault("unreachable");
  const now = timeOf(engine);
  const reasons = got.tombstones.map(({ reason }) => reason);
  if (reasons.includes(DeleteReason.revoked)) return fault("revoked");
  if (reasons.includes(DeleteReason.used)) return fault("used");
  let worst: InviteFault = "not-found";
  const ends = msOfUnit(link.end + 1);
  for (const { cell } of got.cells) {
    const bundle = await openBundle(engine.context, link, cell, now);
    if (bundle.ok) return { kind: "found", link, to: { bundle: bundle.value }, name: bundle.value.name, ends };
    worst = faultOf(bundle.error);
  }
  if (worst !== "not-found") return fault(worst);
  const { answered, found } = await readCard(engine, link.identityId);
  if (!answered) return fault("unreachable");
  // A card has no name: it comes with their first words.
  return found === undefined ? fault(worst) : { kind: "found", link, to: { card: found }, name: "", ends };
}

/** Makes the chat, with a first text where there is one; resolves with its id when it is on disk. */
export async function answer(engine: Engine, found: Found, text: string, given?: string): Promise<string> {
  const { link, to } = found;
  const id = given ?? toHex(engine.context.random.bytes(16));
  if (!MESSAGE_ID.test(id)) throw new Fault("malformed", "A message id has 32 hex digits.");
  const { core, network } = engine.context;
  if (core.utf8(text).length > FIRST_TEXT_LIMIT) {
    throw new Fault("too-large", "The first text may have 5,000 bytes at most.");
  }
  if (isSuperseded(engine)) throw new Fault("refused", "This identity is used on another device now.");
  const made = await engine.store.exclusive(async (draft) => {
    const { chat, record } = begun(engine, draft, found, text, id);
    if ((await draft.textById(chat.id, id)) !== undefined) return chat.id;
    if (record !== undefined) draft.setText(chat.id, record);
    const texts = record === undefined ? [] : [record];
    const parcel =
      "card" in to
        ? await writeTo(engine, draft, pinnedTo(chat, to.card.card), texts, to.card)
        : await answerTo(
            engine,
            draft,
            pinnedTo(chat, to.bundle.card),
            texts,
            encodeLink(core, network, link),
            to.bundle,
          );
    if (parcel === undefined) throw new Fault("unsupported", "The keys of the other side are none that can be used.");
    return parcel;
  });
  if (typeof made === "string") return made;
  engine.changed();
  deliver(engine, made);
  return made.chat;
}

function answerTo(
  engine: Engine,
  draft: Draft,
  chat: ChatState,
  texts: readonly TextRecord[],
  link: string,
  bundle: Bundle,
): Promise<Parcel | undefined> {
  draft.setChat({ ...chat, answered: { link, bundle: bundle.bytes, tag: bundle.tag } });
  return open(engine, draft, { chat: chat.id, target: { ...bundle, id: bundle.inviter.id }, texts });
}
function writeTo(engine: Engine, draft: Draft, chat: ChatState, texts: readonly TextRecord[], found: FoundCard) {
  draft.setChat(chat);
  return open(engine, draft, { chat: chat.id, target: targetOf(engine, found), texts, card: found.card });
}
/** The highest card that was seen. */
function pinnedTo(chat: ChatState, card: Card): ChatState {
  const { generation, seq } = card;
  if (chat.pinned !== undefined && compareCards(card, { ...card, ...chat.pinned }) < 0) return chat;
  return { ...chat, pinned: { generation, seq } };
}

/** The life of a first contact ended: another to the same bundle, with the texts of the old one. False where the invite
 * is over, too: then only the newest card leads on (renewing.ts). */
export async function answerAgain(engine: Engine, draft: Draft, old: Parcel): Promise<boolean> {
  const { core, network } = engine.context;
  const chat = draft.chat(old.chat);
  if (chat?.answered === undefined) return false;
  const { link, bundle: bytes, tag } = chat.answered;
  const parsed = parseLink(core, network, link, timeOf(engine));
  const bundle = parsed.ok ? await readBundle(engine.context, parsed.value, bytes, tag) : undefined;
  if (!bundle?.ok) {
    draft.setChat({ ...chat, fault: "expired" });
    return false;
  }
  draft.removeParcel(old.tag);
  const texts = await Promise.all(old.texts.map((number) => draft.text(chat.id, number)));
  const known = texts.filter((text) => text !== undefined);
  await answerTo(engine, draft, chat, known, link, bundle.value);
  return true;
}

/** The chat with this person: a known one goes on, with another pair. */
function begun(engine: Engine, draft: Draft, { to, name }: Found, text: string, id: string) {
  const now = timeOf(engine);
  const keys =
    "bundle" in to ? to.bundle.inviter : publicIdentity(engine.context.core, to.card.card.edPk, to.card.card.mldsaPk);
  const chat = chatWith(engine, draft, keys.id) ?? newChat(engine, "pending", keys, name);
  if (text === "") return { chat, record: undefined };
  const record: TextRecord = {
    id,
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
