import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Bundle, openBundle } from "#chat/bundle.ts";
import { concat, Writer } from "#chat/bytes.ts";
import { cardHash, verifyCard } from "#chat/card.ts";
import { DAY_MS, MINUTE_MS, unitOf } from "#chat/clock.ts";
import { encodeEnvelope } from "#chat/envelope.ts";
import { FIRST_CONTENT, openFirstContact, type Receiver, sealFirstContact, type Target } from "#chat/firstcontact.ts";
import { type Invite, linkOf, newInvite, receiverOf, withBundle, withOpened } from "#chat/invite.ts";
import { encodeItems, FIRST_TEXT_LIMIT, type Item, textItemSize } from "#chat/items.ts";
import { newPair } from "#chat/pair.ts";
import { newPrekeys } from "#chat/prekey.ts";
import { signBoth } from "#chat/signature.ts";
import type { NodeId } from "#node/ports.ts";
import {
  contextOf,
  core,
  fuzzing,
  good,
  lenient,
  NOW,
  type Person,
  person,
  refused,
  tampered,
  text,
  unchanged,
} from "./support.ts";

const context = contextOf(1);
let ada: Person; // invites
let bob: Person; // is invited
let eve: Person;
let invite: Invite;
let bundle: Bundle;
let receiver: Receiver;

const targetOf = ({ inviter, ...rest }: Bundle): Target => ({ ...rest, id: inviter.id });
const seal = (items: Item[] = [text(context, "hello")], now = NOW, from = bob, to = targetOf(bundle)) =>
  sealFirstContact(context, from.me, to, items, { now, life: "week" });
const open = (cell: Uint8Array, now = NOW, receivers = [receiver], me = ada) =>
  unchanged({ receivers, cell }, (state) => openFirstContact(context, me.me, state.receivers, state.cell, now));

async function inviteOf(who: Person): Promise<{ invite: Invite; bundle: Bundle }> {
  const fresh = await newInvite(context, { now: NOW, end: unitOf(NOW) + 28, flags: 0 });
  const made = await withBundle(context, who.me, fresh, { card: who.card, name: "", now: NOW });
  if (made === undefined) throw new Error("no bundle");
  return {
    invite: made.invite,
    bundle: good(await openBundle(context, linkOf(who.me, made.invite), made.cell, NOW)),
  };
}

beforeAll(async () => {
  [ada, bob, eve] = [await person(context), await person(context), await person(context)];
  ({ invite, bundle } = await inviteOf(ada));
  receiver = receiverOf(core, invite) as Receiver;
});

describe("first contact", () => {
  it("makes one session of two people who never met", async () => {
    const items: Item[] = [
      text(context, "hello Ada"),
      {
        kind: "at",
        nodeId: new Uint8Array(32).fill(1) as NodeId,
        x25519Pk: new Uint8Array(32).fill(2),
        incarnation: 3n,
      },
      { kind: "profile", name: "Bob" },
    ];
    const sent = good(await seal(items));
    expect(sent.cell.length).toBe(16_384);
    const got = good(await open(sent.cell));
    expect(got.items).toEqual(items);
    expect(got.sender).toEqual({ id: bob.me.id, edPk: bob.me.edPk, mldsaPk: bob.me.mldsaPk });
    expect([got.th, got.sk, got.time]).toEqual([sent.th, sent.sk, NOW]);
    const [mine, theirs] = [newPair(core, sent, 0), newPair(core, got, 1)];
    expect(mine.session.sending).toEqual(theirs.session.receiving);
    expect(mine.session.receiving).toEqual(theirs.session.sending);
    expect(mine.boxes).toEqual(theirs.boxes);
    expect(mine.knock).toEqual(theirs.knock);
  });

  it("has room for a text of 5,000 bytes, AT and a name", async () => {
    const at: Item = { kind: "at", nodeId: ada.me.id as Uint8Array as NodeId, x25519Pk: ada.me.edPk, incarnation: 1n };
    const name: Item = { kind: "profile", name: "n".repeat(128) };
    const items = [text(context, "x".repeat(FIRST_TEXT_LIMIT)), at, name];
    expect(good(await open(good(await seal(items)).cell)).items).toEqual(items);
    const most = [text(context, "x".repeat(FIRST_CONTENT - textItemSize(0)))];
    expect(good(await open(good(await seal(most)).cell)).items).toEqual(most);
    await expect(seal([text(context, "x".repeat(FIRST_CONTENT - textItemSize(0) + 1))])).rejects.toThrow("do not fit");
  });

  it("works through a card as well", async () => {
    const card = good(await verifyCard(context, ada.card, ada.me.id));
    const prekeys = await newPrekeys(context); // the card's secrets are not kept by the helper: a card of these keys
    const target = { id: ada.me.id, ...prekeys, hash: cardHash(core, ada.card), tag: new Uint8Array(16) };
    const sent = good(await seal([text(context, "hi")], NOW, bob, target));
    const byCard: Receiver = { ...prekeys, targets: [{ hash: target.hash, tag: target.tag }], opened: [] };
    expect(good(await open(sent.cell, NOW, [receiver, byCard])).sender.id).toEqual(bob.me.id);
    expect(card.version).toBe(1);
  });

  it("is opened once: a replay is a copy, whatever the envelope's tag", async () => {
    const { cell, th } = good(await seal());
    const after = withOpened(invite, th);
    const again = await open(cell, NOW, [receiverOf(core, after) as Receiver]);
    expect(refused(again)).toBe("copy");
    // The envelope is bound: a replay under another tag or with a later expiry opens nothing.
    const renamed = concat(encodeEnvelope(core, unitOf(NOW) + 28, new Uint8Array(16).fill(9)), cell.subarray(20));
    expect(refused(await open(renamed))).toBe("not-ours");
    const prolonged = concat(encodeEnvelope(core, unitOf(NOW) + 29, cell.slice(4, 20)), cell.subarray(20));
    expect(refused(await open(prolonged))).toBe("not-ours");
  });

  it("opens for its recipient alone, and through the invite it came by alone", async () => {
    const { cell } = good(await seal());
    const other = await inviteOf(ada);
    expect(refused(await open(cell, NOW, [receiverOf(core, other.invite) as Receiver]))).toBe("not-ours");
    expect(refused(await open(cell, NOW, [receiver], eve))).toBe("not-ours");
    expect(refused(await open(cell, NOW, []))).toBe("not-ours");
    const wrongHash = { ...receiver, targets: receiver.targets.map(({ tag }) => ({ tag, hash: new Uint8Array(32) })) };
    expect(refused(await open(cell, NOW, [wrongHash]))).toBe("not-ours");
    expect((await open(cell, NOW, [receiverOf(core, other.invite) as Receiver, receiver])).ok).toBe(true);
  });

  it("binds the invite: the same keys under another bundle's tag are refused", async () => {
    const { cell } = good(await seal());
    const elsewhere = { ...receiver, targets: receiver.targets.map(({ hash }) => ({ hash, tag: new Uint8Array(16) })) };
    expect(refused(await open(cell, NOW, [elsewhere]))).toBe("signature");
  });

  it("refuses every byte turned", async () => {
    const { cell } = good(await seal());
    await fc.assert(
      fc.asyncProperty(fc.nat(16_383), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = cell.slice();
        bytes[at] = (bytes[at] as number) ^ change;
        const result = await open(bytes);
        expect(["not-ours", "unsupported", "expired", "malformed"]).toContain(refused(result));
      }),
      {
        ...fuzzing(300),
        examples: [
          [0, 1],
          [2, 128],
          [4, 1],
          [20, 1],
          [51, 1],
          [52, 1],
          [1_619, 1],
          [1_620, 1],
          [16_383, 1],
        ],
      },
    );
  });

  it("takes any bytes without a throw", async () => {
    const { cell } = good(await seal());
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(0, 2_048, 16_384), async (noise, length) => {
        const bytes = length === 0 ? noise : new Uint8Array(length);
        bytes.set(noise.subarray(0, bytes.length));
        expect((await open(bytes)).ok).toBe(false);
      }),
      fuzzing(300), // a decapsulation each where the size is right
    );
    expect(refused(await open(cell.slice(0, 2_048)))).toBe("malformed");
  });

  it("has its time: 15 days back, 10 minutes ahead, and the life of its cell", async () => {
    const { cell } = good(await seal());
    expect((await open(cell, NOW - 10 * MINUTE_MS)).ok).toBe(true);
    expect(refused(await open(cell, NOW - 11 * MINUTE_MS))).toBe("too-early");
    expect((await open(cell, NOW + 7 * DAY_MS)).ok).toBe(true);
    expect(refused(await open(cell, NOW + 8 * DAY_MS))).toBe("expired");
  });

  it("says when it is one's own", async () => {
    const { cell } = good(await seal([text(context, "me")], NOW, ada));
    expect(refused(await open(cell))).toBe("own");
  });

  it("does not take a target without real keys", async () => {
    const small = { ...targetOf(bundle), x25519Pk: new Uint8Array(32) };
    expect(refused(await seal([], NOW, bob, small))).toBe("malformed");
    const beyond = { ...targetOf(bundle), mlkemPk: new Uint8Array(1_568).fill(255) };
    expect(refused(await seal([], NOW, bob, beyond))).toBe("malformed");
  });
});

describe("a forger of first contacts", () => {
  /** Where a cell begins that will open, and how to put anything inside. */
  async function begin(encapsulated = true) {
    const envelope = encodeEnvelope(core, unitOf(NOW) + 28, context.random.bytes(16));
    const secret = context.random.bytes(32);
    const agreed = { ciphertext: new Uint8Array(1_568), shared: new Uint8Array(32) }; // what `lenient` decapsulates
    const kem = encapsulated ? await context.crypto.kemEncapsulate(bundle.mlkemPk, context.random.bytes(32)) : agreed;
    const shared = core.x25519(secret, bundle.x25519Pk);
    if (kem === undefined || shared === undefined) throw new Error("keys");
    const head = concat(envelope, core.x25519Public(secret), kem.ciphertext);
    const th = core.sha512("first-contact", envelope, ada.me.id, bundle.hash, head.subarray(20));
    const none = new Uint8Array(0);
    const sk = core.hkdf(th, concat(kem.shared, shared), "session", none, 32);
    const keys = core.hkdf(none, sk, "first-contact", none, 44);
    const sealed = (content: Uint8Array) => concat(head, core.seal(keys.slice(0, 32), keys.slice(32), head, content));
    return { th, sealed };
  }
  async function forge(content: (th: Uint8Array) => Promise<Uint8Array>): Promise<Uint8Array> {
    const { th, sealed } = await begin();
    return sealed(await content(th));
  }
  const inside = (from: Person, ed: Uint8Array, mldsa: Uint8Array, time: number, items: Uint8Array) =>
    new Writer()
      .bytes(from.me.edPk)
      .bytes(from.me.mldsaPk)
      .bytes(new Uint8Array(32 + 1_568))
      .safe(time)
      .bytes(ed)
      .bytes(mldsa)
      .bytes(items)
      .finish();
  const signed = (from: Person, th: Uint8Array, time: number, to = ada) => {
    const when = new Writer().safe(time).finish();
    const keys = [new Uint8Array(32), new Uint8Array(1_568)];
    return signBoth(context, from.me, "first-contact", th, from.me.id, to.me.id, ...keys, when, bundle.tag);
  };
  const items = encodeItems(core, [], FIRST_CONTENT);

  it("gets in with signatures of the own keys: the forge itself is sound", async () => {
    const cell = await forge(async (th) => {
      const { ed, mldsa } = await signed(eve, th, NOW);
      return inside(eve, ed, mldsa, NOW, items);
    });
    expect(good(await open(cell)).sender.id).toEqual(eve.me.id);
  });

  it("cannot speak as another", async () => {
    const cell = await forge(async (th) => {
      const { ed, mldsa } = await signed(eve, th, NOW);
      return inside(bob, ed, mldsa, NOW, items);
    });
    expect(refused(await open(cell))).toBe("signature");
  });

  it("cannot do with one of the two signatures", async () => {
    const half = await forge(async (th) => {
      const { ed } = await signed(bob, th, NOW);
      const { mldsa } = await signed(eve, th, NOW);
      return inside(bob, ed, mldsa, NOW, items);
    });
    expect(refused(await open(half))).toBe("signature");
  });

  it("cannot pass on what was signed for another recipient or another contact", async () => {
    const misdirected = await forge(async (th) => {
      const { ed, mldsa } = await signed(bob, th, NOW, eve);
      return inside(bob, ed, mldsa, NOW, items);
    });
    expect(refused(await open(misdirected))).toBe("signature");
    const stale = await forge(async () => {
      const { ed, mldsa } = await signed(bob, new Uint8Array(64), NOW);
      return inside(bob, ed, mldsa, NOW, items);
    });
    expect(refused(await open(stale))).toBe("signature");
  });

  it("is held to the time it signed, and to items that are items", async () => {
    const at = (time: number, content = items) =>
      forge(async (th) => {
        const { ed, mldsa } = await signed(eve, th, time);
        return inside(eve, ed, mldsa, time, content);
      });
    expect(refused(await open(await at(NOW - 16 * DAY_MS)))).toBe("expired");
    expect((await open(await at(NOW - 14 * DAY_MS))).ok).toBe(true);
    expect(refused(await open(await at(NOW + 11 * MINUTE_MS)))).toBe("too-early");
    expect(refused(await open(await at(NOW, new Uint8Array(FIRST_CONTENT).fill(2))))).toBe("malformed");
    expect(refused(await open(await at(NOW, tampered(new Uint8Array(FIRST_CONTENT), 9))))).toBe("malformed");
  });

  it("breaks nothing with whatever content", async () => {
    const sound = inside(
      eve,
      new Uint8Array(64),
      new Uint8Array(4_627),
      NOW,
      encodeItems(core, [text(context, "x")], FIRST_CONTENT),
    );
    const { sealed } = await begin(false);
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.uint8Array({ maxLength: 60 }), async (at, noise) => {
        const content = sound.slice();
        content.set(noise.subarray(0, content.length - at), at);
        const result = await openFirstContact(lenient(context), ada.me, [receiver], sealed(content), NOW);
        expect(["signature", "malformed", "unsupported"]).toContain(refused(result));
      }),
      fuzzing(),
    );
  });
});
