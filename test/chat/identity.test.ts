import { createPublicKey, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { englishWords } from "#adapters/words.ts";
import { decodeIdentity, encodeIdentity, identityFrom, newEntropy } from "#chat/identity.ts";
import { signBoth, verifyBoth } from "#chat/signature.ts";
import { contextOf, core, fuzzing, good, refused, tampered } from "./support.ts";

describe("identity", () => {
  it("grows from entropy alone", async () => {
    const entropy = newEntropy(contextOf(1).random);
    const [one, other] = [await identityFrom(contextOf(2), entropy), await identityFrom(contextOf(3), entropy)];
    expect(one).toEqual(other);
    const changed = await identityFrom(contextOf(2), tampered(entropy, 31));
    for (const part of ["id", "edSecret", "mldsaSeed", "inboxSecret", "mldsaPk"] as const) {
      expect(changed[part]).not.toEqual(one[part]);
    }
    expect(new Set([one.edSecret, one.mldsaSeed, one.inboxSecret].map(String)).size).toBe(3);
  });

  it("comes back from the disk", async () => {
    const context = contextOf(4);
    const me = await identityFrom(context, newEntropy(context.random));
    const bytes = encodeIdentity(me);
    expect(good(decodeIdentity(core, bytes))).toEqual(me);
    expect(refused(decodeIdentity(core, tampered(bytes, 0)))).toBe("unsupported");
    expect(refused(decodeIdentity(core, bytes.subarray(1)))).toBe("unsupported");
    expect(refused(decodeIdentity(core, bytes.subarray(0, -1)))).toBe("malformed");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (noise) => {
        decodeIdentity(core, noise);
      }),
      fuzzing(),
    );
  });

  it("signs with both keys over purpose, network and parts", async () => {
    const context = contextOf(5);
    const me = await identityFrom(context, newEntropy(context.random));
    const part = Uint8Array.of(1, 2, 3);
    const signed = await signBoth(context, me, "test", part);
    const holds = (with_: Partial<typeof signed>, purpose = "test", bytes: Uint8Array = part, where = context) =>
      verifyBoth(where, me, { ...signed, ...with_ }, purpose, bytes);
    expect(await holds({})).toBe(true);
    expect(await holds({ ed: tampered(signed.ed, 3) })).toBe(false);
    expect(await holds({ mldsa: tampered(signed.mldsa, 3) })).toBe(false);
    expect(await holds({}, "other")).toBe(false);
    expect(await holds({}, "test", tampered(part, 0))).toBe(false);
    expect(await holds({}, "test", part, { ...context, network: core.network("nodus/1/other") })).toBe(false);
    expect((await signBoth(context, me, "test", part)).mldsa).not.toEqual(signed.mldsa);
  });
});

describe("what both signatures cover", () => {
  it("is the same for both: length, purpose, network, parts", async () => {
    const context = contextOf(7);
    const me = await identityFrom(context, newEntropy(context.random));
    const signed = await signBoth(context, me, "test", Uint8Array.of(1, 2), Uint8Array.of(3));
    const domain = new TextEncoder().encode("nodus/1/test");
    const bytes = Uint8Array.of(domain.length, ...domain, ...context.network, 1, 2, 3);
    const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), me.edPk]);
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    expect(verify(null, bytes, key, signed.ed)).toBe(true);
    expect(await context.crypto.dsaVerify(me.mldsaPk, bytes, signed.mldsa)).toBe(true);
  });
});

describe("words", () => {
  it("are BIP39's: 256 bits of zero and of one", () => {
    expect(englishWords.encode(new Uint8Array(32))).toBe(`${"abandon ".repeat(23)}art`);
    expect(englishWords.encode(new Uint8Array(32).fill(255))).toBe(`${"zoo ".repeat(23)}vote`);
  });

  it("are read in any whitespace and case, and only when they hold", () => {
    const entropy = newEntropy(contextOf(6).random);
    const words = englishWords.encode(entropy);
    expect(englishWords.decode(`  ${words.toUpperCase().replaceAll(" ", "\n\t ")} \n`)).toEqual(entropy);
    expect(englishWords.decode(words.split(" ").slice(1).join(" "))).toBeUndefined();
    expect(englishWords.decode(words.replace(/^\S+/, "nodus"))).toBeUndefined();
    expect(englishWords.decode(`${"abandon ".repeat(23)}abandon`)).toBeUndefined();
    expect(englishWords.decode("")).toBeUndefined();
  });
});
