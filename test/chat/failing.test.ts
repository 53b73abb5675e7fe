/** Work that a cell costs before it has shown to be one: far ahead in the chain, with a body that does not open. */
import { beforeEach, describe, expect, test } from "vitest";
import { concat } from "#chat/bytes.ts";
import { unitOf } from "#chat/clock.ts";
import { encodeEnvelope, SMALL } from "#chat/envelope.ts";
import { newSession, openCell, readHeader, type Session, STEPS_AHEAD, sealCell } from "#chat/session.ts";
import type { Core, NodeId } from "#node/ports.ts";
import { MINUTE } from "./office.ts";
import { type Contacts, contacts, send, words } from "./people.ts";
import { contextOf, core, good, NOW } from "./support.ts";

const { random } = contextOf(1);
const EXPIRY = unitOf(NOW) + 28;

/** A cell of the step `n` as who has the session can make it, with a body of noise. */
function hollow({ sending }: Session, n: number, expiry = EXPIRY): Uint8Array {
  const tag = random.bytes(16);
  const envelope = encodeEnvelope(core, expiry, tag);
  const header = new Uint8Array(52);
  new DataView(header.buffer).setUint32(36, n);
  const head = concat(envelope, core.seal(sending.headerKey, tag.slice(0, 12), envelope, header));
  return concat(head, random.bytes(SMALL - head.length));
}
/** The core, with what it was asked counted. */
function counted(): { core: Core; hmacs: () => number } {
  let hmacs = 0;
  const hmac: Core["hmac"] = (...all) => {
    hmacs += 1;
    return core.hmac(...all);
  };
  return { core: Object.assign(Object.create(core) as Core, { hmac }), hmacs: () => hmacs };
}

describe("cells far ahead with bodies that do not open", () => {
  test("have the way paid for once", () => {
    const sk = random.bytes(32);
    const [ada, bob] = [newSession(core, sk, 0), newSession(core, sk, 1)];
    const { core: asked, hmacs } = counted();
    for (let cell = 0; cell < 512; cell++) {
      expect(openCell(asked, bob, hollow(ada, STEPS_AHEAD - cell), NOW)).toEqual({ ok: false, error: "tampered" });
    }
    expect(hmacs()).toBeLessThan(STEPS_AHEAD + 2 * 512);
    // And the chain is where it was: the next honest cell opens.
    const content = new Uint8Array(1_944);
    const honest = sealCell(core, ada, { expiry: EXPIRY, tag: random.bytes(16), content });
    const opened = good(openCell(core, bob, honest.cell, NOW));
    expect([opened.n, opened.session.receiving.n, opened.session.skipped.size]).toEqual([0, 1, 0]);
  });

  test("change nothing of what a later cell finds", () => {
    const sk = random.bytes(32);
    let ada = newSession(core, sk, 0);
    const [bob, fresh] = [newSession(core, sk, 1), newSession(core, sk, 1)];
    openCell(core, bob, hollow(ada, 40), NOW);
    const content = new Uint8Array(1_944);
    let cell = new Uint8Array();
    for (let n = 0; n < 6; n++) {
      const sealed = sealCell(core, ada, { expiry: EXPIRY, tag: random.bytes(16), content });
      [ada, cell] = [sealed.session, new Uint8Array(sealed.cell)];
    }
    expect(good(readHeader(core, bob, cell))).toBe(5);
    expect(openCell(core, bob, cell, NOW)).toEqual(openCell(core, fresh, cell, NOW));
  });
});

describe("a contact whose cells do not open", () => {
  let { office, ann, ben, atAnn, atBen } = {} as Contacts;
  beforeEach(async () => {
    ({ office, ann, ben, atAnn, atBen } = await contacts());
    expect(ann.chat.direct(atAnn)).toBe(true);
  });
  const flood = (count: number): void => {
    const session = ben.chat.chats.find(({ id }) => id === atBen)?.pairs.at(-1)?.session as Session;
    const expiry = unitOf(office.clock.wall()) + 28;
    for (let at = 0; at < count; at++) {
      ben.line.sendDirect(ann.nodeId, hollow(session, session.sending.n + 1_900 - (at % 100), expiry));
    }
  };
  const tampered = (): number => ann.chat.counters.get("cell.tampered") ?? 0;

  test("is not heard directly after 20 in a minute, however many come at once", async () => {
    flood(500);
    await office.clock.advance(1_000);
    expect(tampered()).toBe(20);
    expect(ann.line.direct(ben.nodeId)).toBe(false);
    expect(ann.chat.counters.get("link.failing")).toBe(1);
  });

  test("gets no new budget with a new link, and is let in again after the minute", async () => {
    flood(30);
    await office.clock.advance(1_000);
    const token = async (): Promise<void> => {
      ben.line.drop(ann.nodeId);
      await office.clock.wait(ben.chat.openChat(atBen));
      await office.clock.advance(20_000);
    };
    await token();
    expect(ann.line.direct(ben.nodeId)).toBe(false);
    flood(30);
    await office.clock.advance(1_000);
    expect(tampered()).toBe(20);
    await office.clock.advance(MINUTE);
    // What he writes comes by mailbox all the same.
    await send(ben, atBen, "still here");
    expect((await words(ann, atAnn)).at(-1)).toBe("still here");
    await token();
    await send(ben, atBen, "and linked");
    expect((await words(ann, atAnn)).at(-1)).toBe("and linked");
  });

  test("finds its way in while strangers knock with tokens of noise", async () => {
    for (let at = 0; at < 1_000; at++) {
      expect(ann.chat.acceptToken(random.bytes(32) as NodeId, random.bytes(32))).toBe(false);
    }
    expect(ann.chat.counters.get("token.unsearched")).toBe(990);
    ben.line.drop(ann.nodeId);
    ann.line.drop(ben.nodeId);
    await office.clock.wait(ben.chat.openChat(atBen));
    await office.clock.advance(20_000);
    expect(ann.line.direct(ben.nodeId)).toBe(true);
    // Nobody told of this node, but there is time for a try.
    expect(ann.chat.acceptToken(random.bytes(32) as NodeId, random.bytes(32))).toBe(false);
    expect(ann.chat.counters.get("token.unsearched")).toBe(990);
  });

  test("is heard as before with fewer", async () => {
    for (let minute = 0; minute < 3; minute++) {
      flood(19);
      await office.clock.advance(MINUTE);
    }
    expect(tampered()).toBe(57);
    expect(ann.line.direct(ben.nodeId)).toBe(true);
  });
});
