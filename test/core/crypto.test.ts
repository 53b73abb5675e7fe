/**
 * The primitives through WASM, against Node's own and against published vectors. (RFC 5869 has no vectors for SHA-512:
 * HKDF is compared with Node's. Vectors of AES-GCM, BLAKE2b and Ed25519 are in core-wasm, where no purpose is added.)
 */
import {
  createCipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  sign as nodeSign,
  verify as nodeVerify,
} from "node:crypto";
import { describe, expect, test } from "vitest";
import { ascii, blake2b256, concat, core, Dice, hex, prefix } from "./support.ts";

const network = core.network("nodus/1/test");
const LENGTHS = [0, 1, 31, 32, 63, 64, 100, 111, 112, 115, 116, 127, 128, 129, 255, 256, 1000, 66_560];

/** RFC 8410: the 16 bytes before an Ed25519 seed, the 12 before a key. */
const privateKey = (seed: Uint8Array) => {
  const key = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
};
const publicKey = (pk: Uint8Array) => {
  const key = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), pk]);
  return createPublicKey({ key, format: "der", type: "spki" });
};

describe("hashes", () => {
  test("the reference is BLAKE2b-256", () => {
    expect(hex(blake2b256(ascii("abc")))).toBe("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  });

  test.each(LENGTHS)("of %i bytes are those of the reference and of Node", (length) => {
    const input = new Dice(length).bytes(length);
    const whole = concat(prefix("any"), input);
    if (length < 2000) expect(core.hash("any", input)).toEqual(blake2b256(whole));
    expect(hex(core.sha512("any", input))).toBe(createHash("sha512").update(whole).digest("hex"));
    const key = new Dice(length + 1).bytes(length % 200);
    const mac = createHmac("sha512", key).update(whole).digest("hex").slice(0, 64);
    expect(hex(core.hmac(key, "any", input))).toBe(mac);
  });

  test("parts are joined", () => {
    const parts = [ascii("ab"), new Uint8Array(0), ascii("c")];
    expect(core.hash("x", ...parts)).toEqual(core.hash("x", ascii("abc")));
    expect(core.sha512("x", ...parts)).toEqual(core.sha512("x", ascii("abc")));
    expect(core.hmac(ascii("k"), "x", ...parts)).toEqual(core.hmac(ascii("k"), "x", ascii("abc")));
    expect(core.hash("x")).toEqual(core.hash("x", new Uint8Array(0)));
    expect(core.hash("x")).not.toEqual(core.hash("y"));
  });

  test("a purpose is there and fits its length byte", () => {
    expect(() => core.hash("")).toThrow(TypeError);
    expect(() => core.hash("x".repeat(248))).toThrow(TypeError);
    expect(core.hash("x".repeat(247))).toEqual(blake2b256(prefix("x".repeat(247))));
  });
});

test.each([1, 32, 64, 65, 1000])("HKDF gives %i bytes as Node does", (length) => {
  const dice = new Dice(length);
  const [salt, ikm, info] = [dice.bytes(length % 150), dice.bytes(33), dice.bytes(7)];
  const want = hkdfSync("sha512", ikm, salt, concat(prefix("key"), info), length);
  expect(core.hkdf(salt, ikm, "key", info, length)).toEqual(new Uint8Array(want));
});

test("HKDF gives no more than the RFC lets it", () => {
  const none = new Uint8Array(0);
  expect(core.hkdf(none, none, "key", none, 16_320)).toHaveLength(16_320);
  expect(() => core.hkdf(none, none, "key", none, 16_321)).toThrow(TypeError);
});

describe("Ed25519", () => {
  const secret = new Dice(1).bytes(32);
  const pk = core.edPublic(secret);
  const message = ascii("message");
  const whole = concat(prefix("note"), network, message);

  test("is Node's, over prefix, network and parts", () => {
    const sig = core.sign(secret, "note", network, ascii("mess"), ascii("age"));
    expect(hex(sig)).toBe(nodeSign(null, whole, privateKey(secret)).toString("hex"));
    expect(nodeVerify(null, whole, publicKey(pk), sig)).toBe(true);
    expect(core.verify(pk, sig, "note", network, message)).toBe(true);
  });

  test("holds for nothing else", () => {
    const sig = core.sign(secret, "note", network, message);
    expect(core.verify(pk, sig, "note", network, ascii("Message"))).toBe(false);
    expect(core.verify(pk, sig, "other", network, message)).toBe(false);
    expect(core.verify(pk, sig, "note", core.network("nodus/1/other"), message)).toBe(false);
    expect(core.verify(core.edPublic(pk), sig, "note", network, message)).toBe(false);
    for (let at = 0; at < 64; at++) {
      const changed = sig.slice();
      changed[at]! ^= 0x40;
      expect(core.verify(pk, changed, "note", network, message)).toBe(false);
    }
  });

  test("bytes of strangers never throw", () => {
    const dice = new Dice(2);
    for (let run = 0; run < 300; run++) {
      const [key, sig] = [
        dice.bytes(dice.below(2) ? 32 : dice.below(70)),
        dice.bytes(dice.below(2) ? 64 : dice.below(90)),
      ];
      expect(core.verify(key, sig, "note", network, message)).toBe(false);
    }
  });
});

describe("X25519", () => {
  const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
  const bob = bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  const alicePublic = bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");

  test("is that of RFC 7748 §6.1", () => {
    expect(hex(core.x25519Public(bob))).toBe("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    const shared = core.x25519(bob, alicePublic);
    expect(shared && hex(shared)).toBe("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
  });

  test("an all-zero secret and a key of a wrong length are none", () => {
    expect(core.x25519(bob, new Uint8Array(32))).toBeUndefined();
    for (const length of [0, 31, 33]) expect(core.x25519(bob, new Uint8Array(length).fill(9))).toBeUndefined();
  });
});

describe("AES-256-GCM", () => {
  const dice = new Dice(3);
  const [key, nonce, aad] = [dice.bytes(32), dice.bytes(12), dice.bytes(20)];

  test.each(LENGTHS)("seals %i bytes as Node does", (length) => {
    const plain = new Dice(length).bytes(length);
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
    const want = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    const sealed = core.seal(key, nonce, aad, plain);
    expect(Buffer.compare(sealed, want)).toBe(0);
    const opened = core.open(key, nonce, aad, sealed);
    expect(opened && Buffer.compare(opened, plain)).toBe(0);
  });

  test("opens nothing that was changed", () => {
    const sealed = core.seal(key, nonce, aad, ascii("plain"));
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice();
      changed[at]! ^= 1;
      expect(core.open(key, nonce, aad, changed)).toBeUndefined();
    }
    expect(core.open(key, nonce, ascii("other"), sealed)).toBeUndefined();
    for (let length = 0; length < sealed.length; length++) {
      expect(core.open(key, nonce, aad, sealed.subarray(0, length))).toBeUndefined();
    }
  });
});

describe("UTF-8", () => {
  test.each(["", "plain", "Grüße", "日本語", "🎉", "\u0000", "\ufefffirst"])("%j goes there and back", (text) => {
    expect(core.text(core.utf8(text))).toBe(text);
    expect(hex(core.utf8(text))).toBe(Buffer.from(text, "utf8").toString("hex"));
  });

  test.each(["ff", "c080", "eda080", "f4908080", "e282", "80"])("%s is none", (bytes) => {
    expect(core.text(new Uint8Array(Buffer.from(bytes, "hex")))).toBeUndefined();
  });
});

test("keys of a wrong length are a mistake of our own and throw", () => {
  const none = new Uint8Array(0);
  expect(() => core.sign(none, "x", network)).toThrow("secret: 0 bytes instead of 32");
  expect(() => core.sign(new Uint8Array(32), "x", none)).toThrow("network: 0 bytes instead of 16");
  expect(() => core.edPublic(none)).toThrow(TypeError);
  expect(() => core.x25519Public(none)).toThrow(TypeError);
  expect(() => core.seal(none, new Uint8Array(12), none, none)).toThrow("key: 0 bytes instead of 32");
  expect(() => core.open(new Uint8Array(32), none, none, none)).toThrow("nonce: 0 bytes instead of 12");
});
