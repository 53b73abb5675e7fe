import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { toBase64url } from "#chat/base64url.ts";
import {
  bundleExpiries,
  bundleExpiry,
  bundleTag,
  inviteBox,
  openBundle,
  readBundle,
  sealBundle,
  signBundle,
} from "#chat/bundle.ts";
import { DAY_MS, HOUR_MS, UNIT_MS, unitOf } from "#chat/clock.ts";
import type { Context } from "#chat/context.ts";
import { isPast, parseEnvelope } from "#chat/envelope.ts";
import {
  boxOf,
  decodeInvite,
  encodeInvite,
  ended,
  type Invite,
  isOver,
  linkOf,
  newInvite,
  payloadOf,
  receiverOf,
  withBundle,
  withOpened,
} from "#chat/invite.ts";
import { encodeLink, type InviteLink, parseLink } from "#chat/link.ts";
import {
  contextOf,
  core,
  fuzzing,
  good,
  lenient,
  NETWORK,
  NOW,
  type Person,
  person,
  refused,
  tampered,
  unchanged,
} from "./support.ts";

const context = contextOf(1);
const END = unitOf(NOW) + 28;
let ada: Person;
let bob: Person;
let invite: Invite;
let cell: Uint8Array;
let link: InviteLink;

beforeAll(async () => {
  ada = await person(context);
  bob = await person(context);
  const fresh = await newInvite(context, { now: NOW, end: END, flags: 0 });
  const made = await unchanged(fresh, (state) =>
    withBundle(context, ada.me, state, { card: ada.card, name: "Ada Ł.", now: NOW }),
  );
  if (made === undefined) throw new Error("no bundle");
  invite = made.invite;
  cell = made.cell;
  link = linkOf(ada.me, invite);
});

describe("invite link", () => {
  it("is 118 characters, and comes back from the fragment or a pasted link", () => {
    const payload = payloadOf(context, ada.me, invite);
    expect(payload).toHaveLength(118);
    for (const pasted of [
      payload,
      `#${payload}`,
      `https://nodus.example/app/#${payload}`,
      `  https://x/?a=b#${payload}\n`,
    ]) {
      expect(good(parseLink(core, NETWORK, pasted, NOW))).toEqual(link);
    }
  });

  it("is found in what a chat app, a mail or a field made of it", () => {
    const url = "wss://anchor.example:8787/";
    const long = payloadOf(context, ada.me, invite, url);
    const short = payloadOf(context, ada.me, invite);
    const half = (payload: string): string => `${payload.slice(0, 40)}\r\n  ${payload.slice(40)}`;
    const around: Record<string, (payload: string) => string> = {
      "a full stop": (payload) => `https://x/#${payload}.`,
      brackets: (payload) => `<https://x/#${payload}>`,
      "words on both sides": (payload) => `Write to me: https://x/#${payload} (it is safe)`,
      "a line break inside": (payload) => `https://x/#${half(payload)}`,
      "a line break inside and words behind": (payload) => `https://x/#${half(payload)}. Bye`,
      "a break before the fragment": (payload) => `https://x/\n#${payload}\n`,
      "signs without width": (payload) => `\u2068https://x/#${payload}\u2069\u200b`,
      "a tag behind": (payload) => `https://x/#${payload} #nodus`,
    };
    for (const [how, put] of Object.entries(around)) {
      expect(good(parseLink(core, NETWORK, put(short), NOW)), how).toEqual(link);
      expect(good(parseLink(core, NETWORK, put(long), NOW)), how).toEqual({ ...link, url });
    }
    expect(good(parseLink(core, NETWORK, `https://x/#${short}See you`, NOW)), "a lost line break").toEqual(link);
    expect(good(parseLink(core, NETWORK, `https://x/#${short}\nSee you`, NOW)), "a next line").toEqual(link);
    expect(refused(parseLink(core, NETWORK, `#${payloadOf(context, ada.me, invite)}.`, NOW + 8 * DAY_MS))).toBe(
      "expired",
    );
  });

  it("is found in what other programs have re-written", () => {
    const url = "wss://anchor.example:8787/";
    const payloads = [payloadOf(context, ada.me, invite), payloadOf(context, ada.me, invite, url)];
    const half = (payload: string, by: string): string => `${payload.slice(0, 50)}${by}${payload.slice(50)}`;
    const escaped = encodeURIComponent;
    const ways: Record<string, (payload: string) => string> = {
      "%23": (payload) => `https://x/%23${payload}`,
      "%23, and all else escaped": (payload) => escaped(`https://x/#${payload}`).replaceAll("-", "%2D"),
      "escaped twice": (payload) => escaped(escaped(`https://x/#${payload}`)),
      "a search engine": (payload) => `https://www.google.com/url?q=https://x/%23${payload}&sa=D&source=editors`,
      "a mail gateway": (payload) =>
        `https://eur01.safelinks.protection.outlook.com/?url=${escaped(`https://x/#${payload}`)}&data=05%7C02%7Cx&reserved=0`,
      "a social network": (payload) => `https://l.facebook.com/l.php?u=${escaped(`https://x/#${payload}`)}&h=AT0`,
      "a gateway around a search engine": (payload) =>
        `https://safelinks.example/?url=${escaped(`https://www.google.com/url?q=${escaped(`https://x/#${payload}`)}`)}`,
      "a gateway's own writing": (payload) =>
        `https://urldefense.proofpoint.com/v2/url?u=${escaped(
          `https://x/#${payload.replaceAll("-", "%2D").replaceAll("_", "%5F")}`,
        )
          .replaceAll("%252D", "-2D")
          .replaceAll("%255F", "-5F")
          .replaceAll("%2F", "_")
          .replaceAll("%", "-")}&d=DwMF`,
      "a gateway's newer writing": (payload) => `https://urldefense.com/v3/__https://x/*${payload}__;Iw!!AbC`,
      "a team chat": (payload) => `<https://x/#${payload}|https://x/#${payload}>`,
      "parameters before": (payload) => `https://x/?utm_source=a&fbclid=b#${payload}`,
      "parameters behind": (payload) => `https://x/#${payload}?utm_source=a&utm_medium=b`,
      "a parameter behind": (payload) => `https://x/#${payload}&fbclid=IwAR0`,
      "a parameter between": (payload) => `https://x/#utm_source=a&${payload}`,
      "a text fragment": (payload) => `https://x/#${payload}:~:text=hello`,
      "capital letters": (payload) => `HTTPS://X.EXAMPLE/#${payload}`,
      quotes: (payload) => `“https://x/#${payload}”`,
      "straight quotes": (payload) => `"https://x/#${payload}"`,
      "a link of Markdown": (payload) => `[Nodus](https://x/#${payload})`,
      "marks of Markdown escaped": (payload) =>
        `https://x/\\#${payload.replaceAll("_", "\\_")}`.replaceAll("\\\\", "\\"),
      "an entity": (payload) => `https://x/&#35;${payload}`,
      "another entity": (payload) => `https://x/&#x23;${payload}&nbsp;`,
      "full width": (payload) => `https://x/＃${payload}`,
      "a zero-width space inside": (payload) => `https://x/#${half(payload, "\u200b")}`,
      "a soft hyphen inside": (payload) => `https://x/#${half(payload, "\u00ad")}`,
      "a soft line break of a mail": (payload) => `https://x/#${half(payload, "=\r\n")}`,
      "a quoted mail": (payload) => `> https://x/#${half(payload, "\r\n> ")}`,
      "a break, escaped": (payload) => `https://x/%23${half(payload, "\n")}`,
      "two hyphens made a dash": (payload) => `https://x/#${payload.replaceAll("--", "—")}`,
    };
    for (const [how, put] of Object.entries(ways)) {
      for (const [at, payload] of payloads.entries()) {
        const read = parseLink(core, NETWORK, put(payload), NOW);
        expect(read, how).toEqual({ ok: true, value: at === 0 ? link : { ...link, url } });
      }
    }
    for (const text of ["%", "%2", "%zz", "%C3%28", "%23", "&#35;", "%25".repeat(1_300)]) {
      expect(refused(parseLink(core, NETWORK, text, NOW)), text).toBe("malformed");
    }
  });

  it("names an anchor where its own host is none", () => {
    const url = "wss://anchor.example:8787/";
    const payload = payloadOf(context, ada.me, invite, url);
    expect(good(parseLink(core, NETWORK, payload, NOW))).toEqual({ ...link, url });
    for (const wrong of ["https://x", "wss://", "wss://a b", "javascript:alert(1)", `wss://${"a".repeat(123)}`]) {
      expect(refused(parseLink(core, NETWORK, payloadOf(context, ada.me, invite, wrong), NOW)), wrong).toBe(
        "malformed",
      );
    }
  });

  it("says what is wrong with it", () => {
    const payload = payloadOf(context, ada.me, invite);
    const parse = (text: string, now = NOW) => refused(parseLink(core, NETWORK, text, now));
    expect(parse("")).toBe("malformed");
    expect(parse("https://nodus.example/#")).toBe("malformed");
    expect(parse(payload.slice(0, -4))).toBe("malformed");
    expect(parse(`!${payload}`)).toBe("malformed");
    expect(parse(`${payload.slice(0, 60)}!${payload.slice(60)}`)).toBe("malformed");
    expect(parse("A".repeat(5_000))).toBe("malformed");
    expect(refused(parseLink(core, core.network("nodus/1/other"), payload, NOW))).toBe("foreign-network");
    expect(parse(payload, NOW + 8 * DAY_MS)).toBe("expired");
    expect(parse(encodeLink(core, NETWORK, { ...link, flags: 2 }))).toBe("unsupported");
    expect(parse(`C${payload.slice(1)}`)).toBe("unsupported");
  });

  it("takes any text without a throw", () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 120 }), fc.uint8Array({ minLength: 88, maxLength: 230 }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), bytes.map(toBase64url)), (text) => {
        parseLink(core, NETWORK, text, NOW);
      }),
      fuzzing(),
    );
    const payload = payloadOf(context, ada.me, invite, "ws://localhost:8787/");
    fc.assert(
      fc.property(fc.nat(payload.length - 1), fc.constantFrom(..."AZaz09-_#=é"), (at, letter) => {
        parseLink(core, NETWORK, payload.slice(0, at) + letter + payload.slice(at + 1), NOW);
      }),
      fuzzing(),
    );
  });
});

describe("bundle", () => {
  it("shows who invites before anything is answered", async () => {
    const bundle = good(await openBundle(context, link, cell, NOW));
    expect(bundle.name).toBe("Ada Ł.");
    expect(bundle.inviter).toEqual({ id: ada.me.id, edPk: ada.me.edPk, mldsaPk: ada.me.mldsaPk });
    expect([bundle.uses, bundle.end]).toEqual([1, END]);
    expect(bundle.x25519Pk).toEqual(invite.keys?.x25519Pk);
    expect(bundle.mlkemPk).toEqual(invite.keys?.mlkemPk);
    expect(bundle.tag).toEqual(good(parseEnvelope(core, cell)).tag);
  });

  it("is found under one of four tags all its life, by clocks that differ", () => {
    for (let made = NOW; made < NOW + 3 * DAY_MS; made += HOUR_MS) {
      const expiry = bundleExpiry(made);
      expect(expiry % 8).toBe(0);
      expect(expiry - unitOf(made)).toBeGreaterThan(20);
      expect(expiry - unitOf(made)).toBeLessThanOrEqual(28);
      for (let read = made - 10 * 60_000; !isPast(expiry, read); read += UNIT_MS) {
        expect(bundleExpiries(read), `made ${made}, read ${read}`).toContain(expiry);
        expect(bundleExpiries(read)).toHaveLength(4);
      }
    }
  });

  it("is refused when a byte of it was turned", async () => {
    for (const at of [20, 9_000, 9_050, 9_080, 10_650, 15_000, 16_383]) {
      expect(refused(await openBundle(context, link, tampered(cell, at), NOW)), `byte ${at}`).toBe("not-ours");
    }
    expect(refused(await openBundle(context, link, tampered(cell, 4), NOW))).toBe("not-ours");
    expect(refused(await openBundle(context, link, tampered(cell, 1), NOW))).toBe("unsupported");
    expect(refused(await openBundle(context, link, cell.slice(0, 2_048), NOW))).toBe("malformed");
    expect(refused(await openBundle(context, link, cell.slice(1), NOW))).toBe("malformed");
  });

  it("opens only through its own link", async () => {
    const secret = tampered(link.secret, 0);
    expect(refused(await openBundle(context, { ...link, secret }, cell, NOW))).toBe("not-ours");
    expect(refused(await openBundle(context, { ...link, identityId: bob.me.id }, cell, NOW))).toBe("wrong-identity");
    expect(refused(await openBundle(context, { ...link, ownerPk: bob.me.edPk }, cell, NOW))).toBe("signature");
  });

  it("is over with its cell or with the invite, whichever ends first", async () => {
    expect(refused(await openBundle(context, link, cell, NOW + 8 * DAY_MS))).toBe("expired");
    const brief = await newInvite(context, { now: NOW, end: unitOf(NOW), flags: 0 });
    const made = await withBundle(context, ada.me, brief, { card: ada.card, name: "", now: NOW });
    if (made === undefined) throw new Error("no bundle");
    const briefLink = linkOf(ada.me, made.invite);
    expect((await openBundle(context, briefLink, made.cell, NOW)).ok).toBe(true);
    expect(refused(await openBundle(context, briefLink, made.cell, NOW + DAY_MS))).toBe("expired");
  });

  it("is what its inviter signed, not what somebody else made of it", async () => {
    // Mallory takes Ada's card and name for an invite of her own keys.
    const draft = {
      card: ada.card,
      x25519Pk: bob.me.edPk,
      mlkemPk: new Uint8Array(1_568),
      uses: 1,
      end: END,
      name: "Ada",
    };
    const forged = await signBundle(context, bob.me, link.ownerPk, draft);
    const sealed = sealBundle(core, link.secret, bundleExpiry(NOW), forged);
    expect(refused(await openBundle(context, link, sealed, NOW))).toBe("signature");
  });

  it("survives what a holder of the link can do to its content", async () => {
    const good_ = good(await openBundle(context, link, cell, NOW)).bytes;
    const mutate = async (where: Context, at: number, byte: number, length: number) => {
      const bytes = new Uint8Array(length);
      bytes.set(good_.subarray(0, length));
      if (at < length) bytes[at] = byte;
      return (await readBundle(where, link, bytes, new Uint8Array(16))).ok && String(bytes) !== String(good_);
    };
    const lengths = fc.integer({ min: good_.length - 200, max: good_.length + 20 });
    await fc.assert(
      fc.asyncProperty(fc.nat(good_.length), fc.nat(255), async (at, byte) => {
        expect(await mutate(context, at, byte, good_.length)).toBe(false);
      }),
      fuzzing(100), // two ML-DSA verifications at worst
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 10_000, max: good_.length }),
        fc.nat(255),
        lengths,
        async (at, byte, length) => {
          await mutate(lenient(context), at, byte, length);
        },
      ),
      fuzzing(),
    );
    const short = new Uint8Array(16_348).fill(255, 10_627, 10_628); // a name length that reaches beyond the content
    expect((await openBundle(context, link, sealBundle(core, link.secret, bundleExpiry(NOW), short), NOW)).ok).toBe(
      false,
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 16_348 }), async (noise) => {
        expect((await readBundle(context, link, noise, new Uint8Array(16))).ok).toBe(false);
      }),
      fuzzing(),
    );
  });
});

describe("invite", () => {
  it("lies at one address for both ends; only the owner can list and delete", () => {
    const [mine, theirs] = [boxOf(core, invite), inviteBox(core, link.secret, link.ownerPk)];
    if (mine.kind === 5 || theirs.kind === 5) throw new Error("a card's box");
    const at = (box: typeof mine) =>
      core.address({ kind: box.kind, day: box.day, writePk: box.write.pk, ownerPk: box.owner.pk });
    expect(at(mine)).toEqual(at(theirs));
    expect(mine.owner.secret).toEqual(invite.ownerSecret);
    expect(theirs.owner.secret).toBeUndefined();
    expect(theirs.write.secret).toEqual(mine.write.secret);
  });

  it("makes one bundle an expiry and hands out the same bytes", async () => {
    const offer = { card: bob.card, name: "changed", now: NOW + HOUR_MS };
    const again = await unchanged(invite, (state) => withBundle(context, ada.me, state, offer));
    expect(again?.cell).toEqual(cell);
    expect(again?.invite).toBe(invite);
    const later = await withBundle(context, ada.me, invite, { ...offer, card: ada.card, now: NOW + 3 * DAY_MS });
    expect(later?.invite.bundles).toHaveLength(2);
    expect(later?.cell).not.toEqual(cell);
    expect(later?.cell.slice(2, 4)).not.toEqual(cell.slice(2, 4));
  });

  it("keeps of a bundle that is past only what a late first contact needs", async () => {
    const long = { ...invite, end: END + 20 };
    const later = await withBundle(context, ada.me, long, { card: ada.card, name: "", now: NOW + 8 * DAY_MS });
    expect([later?.invite.bundles.length, later?.invite.past.length]).toEqual([1, 1]);
    expect(later && good(decodeInvite(core, encodeInvite(later.invite)))).toEqual(later?.invite);
    expect(later && receiverOf(core, later.invite)?.targets).toHaveLength(2);
  });

  it("ends, and then nothing opens with it and nothing is offered", async () => {
    const over = ended(invite, "revoked");
    expect(receiverOf(core, over)).toBeUndefined();
    expect(await withBundle(context, ada.me, over, { card: ada.card, name: "", now: NOW })).toBeUndefined();
    expect(
      await withBundle(context, ada.me, invite, { card: ada.card, name: "", now: NOW + 8 * DAY_MS }),
    ).toBeUndefined();
    expect(encodeInvite(over).length).toBeLessThan(100);
    expect([isOver(invite, NOW + 8 * DAY_MS), isOver(invite, NOW + 15 * DAY_MS)]).toEqual([false, true]);
  });

  it("comes back from the disk", () => {
    const states = [invite, withOpened(invite, new Uint8Array(64).fill(7)), ended(invite, "used")];
    for (const state of states) expect(good(decodeInvite(core, encodeInvite(state)))).toEqual(state);
    const bytes = encodeInvite(invite);
    expect(refused(decodeInvite(core, bytes.subarray(0, -1)))).toBe("malformed");
    expect(refused(decodeInvite(core, tampered(bytes, 0)))).toBe("unsupported");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (noise) => {
        if (noise.length > 0) noise[0] = 1;
        decodeInvite(core, noise);
      }),
      fuzzing(),
    );
    expect(bundleTag(core, invite.secret, bundleExpiry(NOW))).toEqual(good(parseEnvelope(core, cell)).tag);
  });
});
