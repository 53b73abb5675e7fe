import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  CARD,
  cardAddress,
  cardCell,
  cardHash,
  compareCards,
  isCurrentCard,
  openCardCell,
  signCard,
  verifyCard,
} from "#chat/card.ts";
import { DAY_MS, MINUTE_MS, minuteOf, unitOf } from "#chat/clock.ts";
import { parseEnvelope } from "#chat/envelope.ts";
import { newPrekeys } from "#chat/prekey.ts";
import { contextOf, core, fuzzing, good, lenient, NOW, type Person, person, refused, tampered } from "./support.ts";

const context = contextOf(1);
let ada: Person;
let bob: Person;
beforeAll(async () => {
  ada = await person(context);
  bob = await person(context);
});

describe("card", () => {
  it("carries identity and prekeys under both signatures", async () => {
    expect(ada.card.length).toBe(CARD);
    const card = good(await verifyCard(context, ada.card, ada.me.id));
    expect(card.edPk).toEqual(ada.me.edPk);
    expect(card.inboxPk).toEqual(ada.me.inboxPk);
    expect([card.generation, card.seq, card.stampBits]).toEqual([270_000, minuteOf(NOW), 22]);
  });

  it("counts only as a whole: any byte turned, and it is refused", async () => {
    for (const at of [0, 1, 40, 2_625, 2_629, 2_640, 2_670, 2_700, 4_265, 4_266, 4_270, 4_340, 4_400, CARD - 1]) {
      expect((await verifyCard(context, tampered(ada.card, at), ada.me.id)).ok, `byte ${at}`).toBe(false);
    }
    expect(refused(await verifyCard(context, tampered(ada.card, 0), ada.me.id))).toBe("unsupported");
    expect(refused(await verifyCard(context, tampered(ada.card, 1), ada.me.id))).toBe("wrong-identity");
    expect(refused(await verifyCard(context, tampered(ada.card, 4_270), ada.me.id))).toBe("malformed");
    expect(refused(await verifyCard(context, tampered(ada.card, CARD - 1), ada.me.id))).toBe("signature");
    expect(refused(await verifyCard(context, ada.card.subarray(1), ada.me.id))).toBe("malformed");
  });

  it("belongs to one person and one network", async () => {
    expect(refused(await verifyCard(context, ada.card, bob.me.id))).toBe("wrong-identity");
    const elsewhere = { ...context, network: core.network("nodus/1/other") };
    expect(refused(await verifyCard(elsewhere, ada.card, ada.me.id))).toBe("signature");
  });

  it("is current for fourteen days, and not before its time", async () => {
    const card = good(await verifyCard(context, ada.card, ada.me.id));
    expect(isCurrentCard(card, NOW).ok).toBe(true);
    expect(isCurrentCard(card, NOW + 14 * DAY_MS).ok).toBe(true);
    expect(refused(isCurrentCard(card, NOW + 15 * DAY_MS))).toBe("expired");
    expect(isCurrentCard(card, NOW - 10 * MINUTE_MS).ok).toBe(true);
    expect(refused(isCurrentCard(card, NOW - 12 * MINUTE_MS))).toBe("too-early");
    expect(refused(isCurrentCard({ ...card, expiry: unitOf(NOW) + 58 }, NOW))).toBe("too-early");
  });

  it("is ordered by generation, then seq", async () => {
    const prekeys = await newPrekeys(context);
    const make = async (generation: number, now: number) => {
      const bytes = await signCard(context, ada.me, prekeys, { generation, now, stampBits: 22 });
      return good(await verifyCard(context, bytes, ada.me.id));
    };
    const [old, later, restored] = [await make(1, NOW), await make(1, NOW + MINUTE_MS), await make(2, NOW)];
    expect(compareCards(later, old)).toBeGreaterThan(0);
    expect(compareCards(restored, later)).toBeGreaterThan(0);
    expect(compareCards(old, old)).toBe(0);
  });

  it("travels as a 16 KiB cell whose envelope says what the card says", () => {
    const cell = cardCell(core, ada.card);
    const envelope = good(parseEnvelope(core, cell));
    expect(cell.length).toBe(16_384);
    expect(envelope.tag).toEqual(cardHash(core, ada.card).slice(0, 16));
    expect(envelope.expiry).toBe(unitOf(NOW) + 56);
    expect(good(openCardCell(core, cell))).toEqual(ada.card);
    for (const at of [2, 4, 20 + CARD, 16_383]) expect(openCardCell(core, tampered(cell, at)).ok, `${at}`).toBe(false);
    expect(openCardCell(core, cell.slice(0, 2_048)).ok).toBe(false);
  });

  it("lies at an address that only who knows the identity can compute", () => {
    expect(cardAddress(core, ada.me.id)).toEqual(core.hash("card", ada.me.id));
    expect(cardAddress(core, ada.me.id)).not.toEqual(cardAddress(core, bob.me.id));
  });

  it("takes any bytes without a throw", async () => {
    const cell = cardCell(core, ada.card);
    fc.assert(
      fc.property(fc.nat(16_383), fc.nat(255), fc.constantFrom(0, 20, 2_048, 16_383, 16_384), (at, byte, length) => {
        const bytes = cell.slice(0, length);
        if (at < length) bytes[at] = byte;
        openCardCell(core, bytes);
      }),
      fuzzing(),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(CARD - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = ada.card.slice();
        bytes[at] = (bytes[at] as number) ^ change;
        expect((await verifyCard(context, bytes, ada.me.id)).ok).toBe(false);
      }),
      fuzzing(100), // a wrong ML-DSA signature costs 4 ms to refuse
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(CARD - 1), fc.nat(255), fc.integer({ min: -2, max: 2 }), async (at, byte, more) => {
        const bytes = new Uint8Array(CARD + more);
        bytes.set(ada.card.subarray(0, CARD + more));
        if (at < bytes.length) bytes[at] = byte;
        await verifyCard(lenient(context), bytes, ada.me.id);
      }),
      fuzzing(),
    );
  });
});
