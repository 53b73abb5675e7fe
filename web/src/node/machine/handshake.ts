/**
 * A channel becomes a link (protocol.md §3): HELLO both ways, dialer first; PROOF both ways, dialer first, so that a
 * listener signs nothing for a stranger; RECORD both ways, signed anew in network time. Not here: what a link does.
 *
 * 1. Before the work of a HELLO is checked nothing else of it is.
 * 2. Both ends sign the same th, which covers both HELLOs and so keys, roles, binding and capabilities.
 * 3. The binding that the peer names is the one this channel has; an echoed HELLO and our own NodeID are refused.
 * 4. One link per NodeID: the higher incarnation wins; at equal ones the newer, of two that crossed that of the lower.
 * 5. A peer is linked (linkUp) only after its RECORD was verified for the proved NodeID.
 * 6. Every end is counted under its reason; what is not a link within 5 s is closed.
 * 7. Who is refused for its incarnation is shown the RECORD of the higher one: proof, to the holder of the key alone, that
 *    it runs twice (twin.ts).
 */
import { concat, equal, hex, nearer, u8 } from "../bytes.ts";
import type { Effect, Input } from "../event.ts";
import { FrameType, type Hello } from "../messages.ts";
import type { Binding, CloseCode, LinkHandle } from "../ports.ts";
import { canonical, sameEndpoint } from "../url.ts";
import { isAnchor, isLeaf } from "./contacts.ts";
import type { LinkEntry } from "./linkbook.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";

const PATIENCE_MS = 5_000;
/** Two links between the same nodes, dialed from both ends within this time, crossed. */
const CROSSED_MS = 10_000;
/** Unfinished handshakes of strangers; each may wait 5 s and holds ~2 kB. */
const INBOUND_PENDING = 256;
const VERSION = 1;

export type Refusal =
  | "malformed"
  | "version"
  | "network"
  | "work"
  | "role"
  | "echo"
  | "self"
  | "other"
  | "binding"
  | "policy"
  | "full"
  | "proof"
  | "incarnation"
  | "crossed"
  | "record"
  | "order"
  | "timeout";

interface Pending {
  readonly link: LinkHandle;
  readonly channel: Extract<Input, { type: "channel" }>;
  phase: "hello" | "proof" | "record";
  e: Uint8Array;
  random: Uint8Array;
  own: Uint8Array;
  th: Uint8Array;
  theirs: Hello | undefined;
  entry: LinkEntry | undefined;
}

export const createHandshake = (ctx: Context, sign: (now: number) => Uint8Array): Machine => {
  const pending = new Map<LinkHandle, Pending>();
  let inbound = 0;

  const drop = (link: LinkHandle): Pending | undefined => {
    const one = pending.get(link);
    if (!one) return undefined;
    pending.delete(link);
    if (one.channel.attempt === 0) inbound -= 1;
    return one;
  };

  const refuse = (one: Pending, reason: Refusal): Effect[] => {
    drop(one.link);
    if (one.entry) ctx.links.remove(one.link);
    const code: CloseCode = reason === "timeout" ? "timeout" : reason === "full" ? "limit" : "refused";
    return [
      { type: "count", counter: `refused.${reason}` },
      { type: "disarm", timer: `handshake:${one.link}` },
      { type: "shut", link: one.link, code },
      { type: "handshakeFailed", link: one.link, attempt: one.channel.attempt, reason },
    ];
  };

  const hello = (one: Pending, binding: Uint8Array): Effect => {
    const secret = ctx.random.bytes(32);
    one.e = ctx.core.x25519Public(secret);
    one.random = ctx.random.bytes(32);
    one.own = ctx.core.encode("hello", {
      version: VERSION,
      network: ctx.network,
      role: one.channel.role,
      record: ctx.self.record,
      incarnation: ctx.self.incarnation,
      wall: ctx.time.wall(),
      e: one.e,
      random: one.random,
      binding,
    });
    return { type: "transmit", link: one.link, frame: ctx.core.frame(FrameType.hello, one.own) };
  };

  const proof = (one: Pending): Effect => {
    const { keys } = ctx.self;
    const sig = ctx.core.sign(keys.edSecret, "link-proof", ctx.network, u8(one.channel.role), one.th);
    const frame = ctx.core.frame(FrameType.proof, ctx.core.encode("proof", { sig }));
    return { type: "transmit", link: one.link, frame };
  };

  const begin = (channel: Pending["channel"], now: number): readonly Effect[] => {
    const { link, attempt, role } = channel;
    const empty = new Uint8Array();
    const one: Pending = {
      link,
      channel,
      phase: "hello",
      e: empty,
      random: empty,
      own: empty,
      th: empty,
      theirs: undefined,
      entry: undefined,
    };
    pending.set(link, one);
    if (attempt === 0) inbound += 1;
    if (attempt === 0 && inbound > INBOUND_PENDING) return refuse(one, "full");
    const timer: Effect = { type: "arm", timer: `handshake:${link}`, at: now + PATIENCE_MS };
    if (role === 1) return [timer];
    if (ctx.self.record.length === 0) sign(now);
    return [timer, hello(one, bindingBytes(ctx, channel.binding))];
  };

  const onHello = (one: Pending, payload: Uint8Array, now: number): readonly Effect[] => {
    const { core, self } = ctx;
    const { channel } = one;
    const decoded = core.decode("hello", payload);
    if (!decoded.ok) return refuse(one, decoded.error === "version" ? "version" : "malformed");
    const theirs = decoded.value;
    if (theirs.version !== VERSION) return refuse(one, "version");
    if (!equal(theirs.network, ctx.network)) return refuse(one, "network");
    const record = core.decode("record", theirs.record);
    if (!record.ok) return refuse(one, "malformed");
    const { edPk, nonce, period } = record.value;
    const nodeId = core.nodeId(ctx.network, edPk, nonce, period, ctx.rules.bits);
    if (!nodeId) return refuse(one, "work");
    if (theirs.role === channel.role) return refuse(one, "role");
    if (equal(theirs.e, one.e) || equal(theirs.random, one.random)) return refuse(one, "echo");
    if (equal(nodeId, self.nodeId)) return refuse(one, "self");
    if (channel.expect && !equal(nodeId, channel.expect)) return refuse(one, "other");
    if (!bindingHolds(ctx, channel.binding, theirs.binding)) return refuse(one, "binding");
    const key = hex(nodeId);
    const leaf = isLeaf(record.value);
    if (ctx.refusePeers.has(key) || (leaf && (channel.role === 0 || self.leaf))) return refuse(one, "policy");
    if (channel.attempt === 0 && ctx.links.count >= ctx.limits.linksMax && !ctx.links.toKey(key)) {
      return refuse(one, "full");
    }
    one.theirs = theirs;
    one.phase = "proof";
    one.entry = {
      link: one.link,
      peer: nodeId,
      key,
      edPk,
      incarnation: theirs.incarnation,
      carrier: channel.carrier,
      dialed: channel.role === 0,
      attempt: channel.attempt,
      host: channel.role === 0 && channel.binding.kind === "url" ? channel.binding.url : channel.carrier,
      provedAt: now,
      leaf,
      contact: undefined,
      anchor: isAnchor(record.value),
      trusted: false,
      needed: false,
      mute: false,
      roundTrip: undefined,
    };
    if (channel.role === 0) {
      one.th = core.hash("link", one.own, payload);
      return [proof(one)];
    }
    if (self.record.length === 0) sign(now);
    const answer = hello(one, theirs.binding);
    one.th = core.hash("link", payload, one.own);
    return [answer];
  };

  const onProof = (one: Pending, payload: Uint8Array, now: number): readonly Effect[] => {
    const { core } = ctx;
    const { entry, theirs, channel } = one;
    const decoded = core.decode("proof", payload);
    if (!decoded.ok || !entry || !theirs) return refuse(one, "malformed");
    const signed = core.verify(entry.edPk, decoded.value.sig, "link-proof", ctx.network, u8(theirs.role), one.th);
    if (!signed) return refuse(one, "proof");
    const effects: Effect[] = [];
    const proved: LinkEntry = { ...entry, provedAt: now };
    const before = ctx.links.proved(entry.peer);
    if (before) {
      const reason = loses(ctx, proved, before);
      if (reason) {
        one.entry = undefined;
        return [...(reason === "incarnation" ? shown(ctx, one.link, before) : []), ...refuse(one, reason)];
      }
      proved.trusted = before.trusted && before.incarnation === proved.incarnation;
      effects.push({ type: "shut", link: before.link, code: "replaced" });
    }
    one.entry = proved;
    one.phase = "record";
    ctx.links.add(proved);
    if (channel.role === 1) effects.push(proof(one));
    const offset = theirs.wall - now;
    // The record below is signed in network time, so the clock is heard first: `timeSample` is handed on before it.
    effects.push({ type: "timeSample", link: one.link, offset, host: proved.host, dialed: proved.dialed });
    effects.push({ type: "proved", link: one.link });
    return effects;
  };

  const sendRecord = (link: LinkHandle, now: number): readonly Effect[] =>
    pending.has(link) ? [{ type: "transmit", link, frame: ctx.core.frame(FrameType.record, sign(now)) }] : NOTHING;

  const onRecord = (one: Pending, payload: Uint8Array, now: number): readonly Effect[] => {
    const { entry, link } = one;
    const contact = ctx.contacts.check(payload, now);
    if (!contact || !entry || !equal(contact.nodeId, entry.peer) || isLeaf(contact.record) !== entry.leaf) {
      return refuse(one, "record");
    }
    drop(link);
    entry.anchor = isAnchor(contact.record);
    ctx.links.raise(entry, contact);
    ctx.table.addLink(link, entry.peer, !entry.leaf && !ctx.self.leaf, now);
    const probe = entry.leaf ? undefined : ctx.table.learn(contact.bytes, now).probe;
    const effects: Effect[] = [
      { type: "disarm", timer: `handshake:${link}` },
      { type: "open", link },
      { type: "linkUp", link, contact, dialed: entry.dialed },
      { type: "emit", event: "links", detail: undefined },
    ];
    if (probe) effects.push({ type: "probe", peer: probe, waiting: contact.bytes });
    return effects;
  };

  const onFrame = (link: LinkHandle, frame: Uint8Array, now: number): readonly Effect[] => {
    const one = pending.get(link);
    if (!one) return NOTHING;
    const opened = ctx.core.unframe(frame);
    if (!opened.ok) return refuse(one, opened.error === "version" ? "version" : "malformed");
    const { type, payload } = opened.value;
    if (type === FrameType.hello && one.phase === "hello") return onHello(one, payload, now);
    if (type === FrameType.proof && one.phase === "proof") return onProof(one, payload, now);
    if (type === FrameType.record && one.phase === "record") return onRecord(one, payload, now);
    // Refused for a higher incarnation, whose record this is: looked at, for it may be under our own key.
    if (type === FrameType.record && one.phase === "proof") ctx.contacts.check(payload, now);
    // A listener's own HELLO sent back, where its PROOF is due.
    if (type === FrameType.hello && equal(payload, one.own)) return refuse(one, "echo");
    return refuse(one, "order");
  };

  return {
    name: "handshake",
    hears: ["channel", "channelFrame", "channelClosed", "proved"],
    step(input, now) {
      switch (input.type) {
        case "channel":
          return begin(input, now);
        case "channelFrame":
          return onFrame(input.link, input.frame, now);
        case "channelClosed": {
          const one = drop(input.link);
          if (!one) return NOTHING;
          if (one.entry) ctx.links.remove(one.link);
          return [
            { type: "disarm", timer: `handshake:${one.link}` },
            { type: "count", counter: "refused.closed" },
            { type: "handshakeFailed", link: one.link, attempt: one.channel.attempt, reason: "closed" },
          ];
        }
        case "proved":
          return sendRecord(input.link, now);
        case "timer": {
          const one = pending.get(Number(input.timer.slice("handshake:".length)));
          return one ? refuse(one, "timeout") : NOTHING;
        }
        default:
          return NOTHING;
      }
    },
  };
};

/** To whom gives way to a link with a higher incarnation: the record that was signed there. Who does not run twice sees that
 * somebody does. */
const shown = (ctx: Context, link: LinkHandle, { contact }: LinkEntry): readonly Effect[] =>
  contact === undefined
    ? NOTHING
    : [{ type: "transmit", link, frame: ctx.core.frame(FrameType.record, contact.bytes) }];

/** Why the newly proved link gives way to the one there is; undefined where it replaces that one. */
const loses = (ctx: Context, proved: LinkEntry, before: LinkEntry): Refusal | undefined => {
  if (proved.incarnation !== before.incarnation) {
    return proved.incarnation < before.incarnation ? "incarnation" : undefined;
  }
  if (proved.dialed === before.dialed || proved.provedAt - before.provedAt > CROSSED_MS) return undefined;
  const ownIsLower = nearer(new Uint8Array(32), ctx.self.nodeId, proved.peer) < 0;
  return proved.dialed === ownIsLower ? undefined : "crossed";
};

/** What the dialer writes into its HELLO. */
const bindingBytes = (ctx: Context, binding: Binding): Uint8Array => {
  switch (binding.kind) {
    case "dtls":
      return concat(binding.offerer, binding.answerer);
    case "url":
      return ctx.core.utf8(canonical(binding.url) ?? binding.url);
    default:
      return new Uint8Array();
  }
};

/** Does the binding in the peer's HELLO hold for this channel? */
const bindingHolds = (ctx: Context, binding: Binding, theirs: Uint8Array): boolean => {
  if (binding.kind !== "listener") return equal(bindingBytes(ctx, binding), theirs);
  const dialed = ctx.core.text(theirs);
  return dialed !== undefined && ctx.self.addresses.some(({ text }) => sameEndpoint(text, dialed));
};
