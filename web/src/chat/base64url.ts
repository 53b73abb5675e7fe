/**
 * base64url without padding (RFC 4648 §5), strict: one text a byte string. The language of es2023 has none, and an
 * invite has to be readable where there is no browser.
 */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));

export function toBase64url(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let waiting = 0;
  for (const byte of bytes) {
    waiting = (waiting << 8) | byte;
    for (bits += 8; bits >= 6; bits -= 6) text += ALPHABET[(waiting >> (bits - 6)) & 63];
    waiting &= (1 << bits) - 1;
  }
  if (bits > 0) text += ALPHABET[(waiting << (6 - bits)) & 63];
  return text;
}

/** undefined for another letter, an impossible length or left-over bits that are not zero. */
export function fromBase64url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let at = 0;
  let bits = 0;
  let waiting = 0;
  for (const letter of text) {
    const value = VALUES.get(letter);
    if (value === undefined) return undefined;
    waiting = (waiting << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = waiting >> bits;
      waiting &= (1 << bits) - 1;
    }
  }
  return waiting === 0 ? bytes : undefined;
}
