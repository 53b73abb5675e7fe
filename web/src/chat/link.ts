/**
 * The payload of an invite link or QR code (protocol.md §8). It travels in the fragment, which no server sees:
 *
 *     0   1  version 0x01
 *     1   1  flags       bit 0: the inviter's app accepts by itself
 *     2   4  H(network)[0..4]
 *     6  32  IdentityID
 *    38  32  owner_pk    who may list and delete at the invite's address
 *    70  16  secret
 *    86   2  end         u16, last 6-hour unit in which the invite counts
 *    88   …  URL of an anchor, ASCII, ≤ 128 B; absent where the link's own host is one
 *
 * 88 B are 118 characters of base64url.
 */
import type { Core } from "#node/ports.ts";
import { fromBase64url, toBase64url } from "./base64url.ts";
import { equal, Reader, Writer } from "./bytes.ts";
import { isPast } from "./envelope.ts";
import { fail, ok, type Result } from "./errors.ts";
import type { IdentityId } from "./identity.ts";

export const INVITE_SECRET = 16; // B: 128 bits, and short enough for a QR code
const URL_LIMIT = 128; // B; a link stays below what a camera reads with ease
const InviteFlag = { acceptByItself: 1 } as const;
const VERSION = 1;
const KNOWN_FLAGS = InviteFlag.acceptByItself;
const NETWORK = 4; // B: tells networks apart, it protects nothing
/** Characters of a payload without URL, and of whatever is looked at for one. */
const LEAST = 118;
const MOST = 4_096;

export interface InviteLink {
  flags: number;
  identityId: IdentityId;
  ownerPk: Uint8Array; // 32
  secret: Uint8Array; // 16
  /** 6-hour units since 2026-01-01T00Z. */
  end: number;
  /** ws:// or wss:// URL of an anchor that knows the network. */
  url?: string;
}

/** What stands behind the "#". */
export function encodeLink(core: Core, network: Uint8Array, link: InviteLink): string {
  const writer = new Writer().u8(VERSION).u8(link.flags).bytes(network.subarray(0, NETWORK));
  writer.bytes(link.identityId).bytes(link.ownerPk).bytes(link.secret).u16(link.end);
  return toBase64url(writer.bytes(core.utf8(link.url ?? "")).finish());
}

/**
 * `text`: the payload, or a link as it was pasted: broken over lines, between words, re-written by the programs that it
 * came through (`readings`). Errors: malformed, unsupported, foreign-network, expired.
 */
export function parseLink(core: Core, network: Uint8Array, text: string, now: number): Result<InviteLink> {
  let told: Result<InviteLink> = fail("malformed");
  for (const payload of payloadsIn(text)) {
    const bytes = fromBase64url(payload);
    const read: Result<InviteLink> = bytes === undefined ? told : readPayload(core, network, bytes, now);
    if (read.ok) return read;
    if (read.error !== "malformed") told = read;
  }
  return told;
}

/** What may be meant, the longest first: all that a line break parts, up to the first sign that is no base64url, and no
 * more of that than a payload needs, where a field has taken the line break out before the next word. */
function payloadsIn(text: string): Set<string> {
  if (text.length > MOST) return new Set();
  const runs = readings(text).flatMap((reading) => [...reading.split("#").reverse(), ...reading.split(/[#/?&=]/)]);
  const leading = runs.flatMap((part) => [part.replace(BLANKS, ""), part.trimStart()]).map(leadingRun);
  const all = [...leading, ...leading.map((run) => run.slice(0, LEAST))];
  return new Set(all.filter(({ length }) => length >= LEAST));
}
/** Line breaks with what mail programs put around them (">" and "="), blanks, and what takes no room. */
const BLANKS = /=?\r?\n[\s>|]*|[\s\p{Default_Ignorable_Code_Point}\p{Cf}]+/gu;

/** A link inside a link inside a link is as deep as they come: a tracker of a gateway of a redirect. */
const DEEPEST = 4;

/**
 * The text as it stands, and as it was before other programs had it: "#" as %23, as an entity or in full width, escaped
 * once for each link that it was put into, marks of Markdown escaped, two hyphens made a dash. Nothing is guessed: a wrong
 * reading has no version and network of ours at its head.
 */
function readings(text: string): string[] {
  const found = new Set([text]);
  let inner = ungated(
    text
      .normalize("NFKC")
      .replace(/&#(?:0*35|x0*23);|&num;/gi, "#")
      .replace(/\\(?=[_#-])/g, ""),
  );
  for (let depth = 0; depth <= DEEPEST; depth++) {
    found.add(inner);
    inner = inner.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  return [...found, ...[...found].filter((one) => /[–—]/.test(one)).map((one) => one.replace(/[–—]/g, "--"))];
}
/** Mail gateways with a writing of their own: "-" for "%" and "_" for "/"; "*" for what stands at the end. */
function ungated(text: string): string {
  const second = /\/v2\/url\?u=([\w-]+)/.exec(text)?.[1];
  if (second?.includes("-3A__")) return second.replaceAll("_", "/").replaceAll("-", "%");
  const third = /\/v3\/__(\S+?)__;/.exec(text)?.[1];
  return third === undefined ? text : third.replaceAll("*", "#");
}
const leadingRun = (text: string): string => /^[\w-]*/.exec(text)?.[0] ?? "";

function readPayload(core: Core, network: Uint8Array, bytes: Uint8Array, now: number): Result<InviteLink> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const flags = reader.u8();
  const ours = equal(reader.bytes(NETWORK), network.subarray(0, NETWORK));
  const identityId = reader.bytes(32) as IdentityId;
  const link = { flags, identityId, ownerPk: reader.bytes(32), secret: reader.bytes(INVITE_SECRET), end: reader.u16() };
  const url = parseUrl(core, reader.rest());
  if (!reader.whole) return fail("malformed");
  if (version !== VERSION || (flags & ~KNOWN_FLAGS) !== 0) return fail("unsupported");
  if (url === undefined) return fail("malformed");
  if (!ours) return fail("foreign-network");
  if (isPast(link.end, now)) return fail("expired");
  return ok(url === "" ? link : { ...link, url });
}

/** "" where there is none, undefined where it is no anchor's URL. */
function parseUrl(core: Core, bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "";
  const text = bytes.length <= URL_LIMIT ? core.text(bytes) : undefined;
  return text !== undefined && /^wss?:\/\/[!-~]+$/.test(text) ? text : undefined;
}
