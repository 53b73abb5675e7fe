/**
 * Everything two people have from one first contact: the session, the boxes it is carried by and the key of their
 * knocks (protocol.md §8, §11). Two people may have several pairs for a while; contact.ts says which one counts.
 *
 * On disk: version u8 = 1 ∥ role u8 (+ 2 once ended) ∥ th 64 ∥ created u64 ms ∥ retired u64 ms ∥ read u64 ms ∥ knock key 32 ∥ block of
 * boxes ∥ session. A block is u16 length ∥ bytes.
 */
import type { Core } from "#node/ports.ts";
import { type Boxes, boxDay, boxOfDay, decodeBoxes, encodeBoxes, eraseDays, newBoxes } from "./boxes.ts";
import { Reader, Writer } from "./bytes.ts";
import { fail, ok, type Result } from "./errors.ts";
import type { Agreement } from "./firstcontact.ts";
import type { Box } from "./ports.ts";
import { decodeSession, encodeSession, forgetSkipped, newSession, type Role, type Session } from "./session.ts";
import { knockKey } from "./token.ts";

export interface Pair {
  role: Role;
  /** Names the pair, the same at both ends. */
  th: Uint8Array; // 64
  /** ms, network time in the first contact. */
  created: number;
  /** ms when another pair took over; from then it is only read. 0 while it counts. */
  retired: number;
  /** Renewed by us: the other end lost it or its chain is out of reach, so it never counts again. */
  ended: boolean;
  /** ms of the last complete reading of its boxes; 0 before the first. */
  read: number;
  knock: Uint8Array; // 32
  boxes: Boxes;
  session: Session;
}

const STATE_VERSION = 1;
const TH = 64; // B
const ENDED = 2; // bit of the role's byte

export function newPair(core: Core, agreement: Agreement, role: Role): Pair {
  const { sk, th, time } = agreement;
  const grown = { knock: knockKey(core, sk), boxes: newBoxes(core, sk, time), session: newSession(core, sk, role) };
  return { role, th, created: time, retired: 0, ended: false, read: 0, ...grown };
}

/** Where we put cells of this day. */
export function boxToWrite(core: Core, pair: Pair, day: number): Box {
  return boxOfDay(core, pair.boxes, pair.role, day);
}
/** Where the other end puts them. */
export function boxToRead(core: Core, pair: Pair, day: number): Box {
  return boxOfDay(core, pair.boxes, pair.role === 0 ? 1 : 0, day);
}
export function pairDay(pair: Pair, now: number): number {
  return boxDay(pair.boxes, now);
}

/** Erases what is due: box days and skipped keys. `due` is the lower of own wall clock and network time. */
export function erasePair(core: Core, pair: Pair, due: number): Pair {
  return { ...pair, boxes: eraseDays(core, pair.boxes, due), session: forgetSkipped(pair.session, due) };
}

export function encodePair(pair: Pair): Uint8Array {
  const writer = new Writer()
    .u8(STATE_VERSION)
    .u8(pair.role | (pair.ended ? ENDED : 0))
    .bytes(pair.th);
  writer.safe(pair.created).safe(pair.retired).safe(pair.read).bytes(pair.knock);
  return writer.block(encodeBoxes(pair.boxes)).bytes(encodeSession(pair.session)).finish();
}

const ROLES: readonly (readonly [Role, boolean])[] = [
  [0, false],
  [1, false],
  [0, true],
  [1, true],
];
/** Errors: malformed, unsupported. */
export function decodePair(bytes: Uint8Array): Result<Pair> {
  const reader = new Reader(bytes);
  if (reader.u8() !== STATE_VERSION) return fail("unsupported");
  const [role, ended] = ROLES[reader.u8()] ?? [];
  const th = reader.bytes(TH);
  const times = { created: reader.safe(), retired: reader.safe(), read: reader.safe() };
  const knock = reader.bytes(32);
  const boxes = decodeBoxes(reader.block());
  if (!boxes.ok) return boxes;
  const session = decodeSession(reader.rest());
  if (!session.ok) return session;
  if (!reader.done() || role === undefined || ended === undefined) return fail("malformed");
  return ok({ role, th, ...times, ended, knock, boxes: boxes.value, session: session.value });
}
