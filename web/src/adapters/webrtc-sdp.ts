/**
 * What we accept as a session description: one data channel, one certificate, few candidates. It comes from a stranger
 * and the browser acts on it, so what is not needed is refused before the browser sees it. Pure. Layer: adapters.
 */

import { isAddress, isOpenPort } from "#node/host.ts";

/** ~0.7 kB is usual. Tier 2, as the one below. */
const LONGEST_SDP = 16 * 1024;
/** Each candidate is an address that the browser will send packets to; a device with many interfaces has a dozen. */
const MOST_CANDIDATES = 32;
const FINGERPRINT_BYTES = 32;

/** The SHA-256 fingerprint of the DTLS certificate (RFC 8122 §5), 32 B; undefined where the description is not one that
 * we accept. */
export function fingerprintOf(sdp: string): Uint8Array | undefined {
  if (sdp.length > LONGEST_SDP) return undefined;
  const lines = sdp.split(/\r\n|\r|\n/);
  const count = (start: string): number => lines.filter((line) => line.toLowerCase().startsWith(start)).length;
  if (count("a=fingerprint:") !== 1 || count("m=") !== 1 || count("m=application ") !== 1) return undefined;
  if (count("a=candidate:") > MOST_CANDIDATES) return undefined;
  const line = lines.find((each) => each.toLowerCase().startsWith("a=fingerprint:")) ?? "";
  const hex = /^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})\s*$/i.exec(line)?.[1];
  if (!hex) return undefined;
  const bytes = new Uint8Array(FINGERPRINT_BYTES);
  hex.split(":").forEach((pair, index) => {
    bytes[index] = Number.parseInt(pair, 16);
  });
  return bytes;
}

/** The description without candidates that no browser makes of itself, and which would send ours elsewhere: names other
 * than those of mDNS, ports that browsers open for nobody, and hosts that wait for us to connect by TCP. */
export function tame(sdp: string): string {
  return sdp
    .split(/(?<=\r\n|\r(?!\n)|\n)/)
    .filter((line) => !/^a=candidate:/i.test(line) || isTame(line))
    .join("");
}
function isTame(line: string): boolean {
  const [, , transport, , address, port, ...rest] = line.trim().split(/\s+/);
  if (address === undefined || !(isAddress(address) || /^[0-9a-z-]{1,63}\.local$/i.test(address))) return false;
  if (transport?.toLowerCase() === "tcp") return / tcptype active(?: |$)/i.test(` ${rest.join(" ")}`);
  return transport?.toLowerCase() === "udp" && isOpenPort(Number(port));
}
