/** Candidates of a stranger's description: each is an address that our browser sends packets to. */
import { expect, it } from "vitest";
import { tame } from "#adapters/webrtc-sdp.ts";

const candidate = (rest: string): string => `a=candidate:1 1 ${rest}\r\n`;
const HEAD = "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";

it.each([
  "udp 2122260223 192.168.1.7 54321 typ host generation 0",
  "UDP 2122260223 4f2c1a9e-1b1d-4c9f-9a0f-2b6a6f0c9d11.local 54321 typ host",
  "udp 1686052607 203.0.113.9 62000 typ srflx raddr 0.0.0.0 rport 0",
  "udp 2122260223 2001:db8::7 54321 typ host",
  "tcp 1518280447 192.168.1.7 9 typ host tcptype active generation 0",
])("keeps %s", (rest) => {
  expect(tame(HEAD + candidate(rest) + candidate(rest))).toBe(HEAD + candidate(rest) + candidate(rest));
});

it.each([
  "udp 2122260223 victim.example.org 54321 typ host",
  "udp 2122260223 localhost 54321 typ host",
  "udp 2122260223 203.0.113.9 53 typ host",
  "udp 2122260223 203.0.113.9 6000 typ host",
  "udp 2122260223 203.0.113.9 0 typ host",
  "udp 2122260223 203.0.113.9 70000 typ host",
  "udp 2122260223 203.0.113.9 x typ host",
  "tcp 1518280447 192.168.1.1 8080 typ host tcptype passive",
  "tcp 1518280447 192.168.1.1 8080 typ host tcptype so",
  "tcp 1518280447 192.168.1.1 8080 typ host",
  "quic 1518280447 192.168.1.1 8080 typ host",
  "udp",
])("leaves out %s", (rest) => {
  const honest = candidate("udp 2122260223 192.168.1.7 54321 typ host");
  expect(tame(HEAD + candidate(rest) + honest)).toBe(HEAD + honest);
  expect(tame(HEAD + candidate(rest).replaceAll("\r\n", "\n").replace("a=c", "A=C") + honest)).toBe(HEAD + honest);
});
