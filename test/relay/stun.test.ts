/** STUN: the published vectors, malformed and unknown, and a live answer over IPv4 and IPv6. */
import { createSocket } from "node:dgram";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressBytes } from "../../relay-bootstrap/src/address.ts";
import { Counters } from "../../relay-bootstrap/src/counters.ts";
import { STUN_PER_HOST } from "../../relay-bootstrap/src/limits.ts";
import { type BindingRequest, readRequest, writeAnswer } from "../../relay-bootstrap/src/stun.ts";
import { listenStun, type StunServer } from "../../relay-bootstrap/src/stun-server.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ""), "hex"));
const bytes = (value: Uint8Array): string => Buffer.from(value).toString("hex");

/** RFC 5769 §2.1: a request with short-term authentication and a fingerprint. */
const SAMPLE = hex(`
  00 01 00 58 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
  80 22 00 10 53 54 55 4e 20 74 65 73 74 20 63 6c 69 65 6e 74
  00 24 00 04 6e 00 01 ff 80 29 00 08 93 2f f9 b1 51 26 3b 36
  00 06 00 09 65 76 74 6a 3a 68 36 76 59 20 20 20
  00 08 00 14 9a ea a7 0c bf d8 cb 56 78 1e f2 b5 b2 d3 f2 49 c1 b5 71 a2
  80 28 00 04 e5 7a 3b cf`);
/** The same, §2.2 and §2.3: XOR-MAPPED-ADDRESS of 192.0.2.1:32853 and 2001:db8:1234:5678:11:2233:4455:6677 port 32853. */
const MAPPED_4 = "0020 0008 0001 a147 e112 a643".replace(/\s/g, "");
const MAPPED_6 = "0020 0014 0002 a147 0113 a9fa a5d3 f179 bc25 f4b5 bed2 b9d9".replace(/\s/g, "");

const plain = (transaction = new Uint8Array(12).fill(7)): Uint8Array => {
  const request = new Uint8Array(20);
  request.set(hex("0001 0000 2112a442"));
  request.set(transaction, 8);
  return request;
};

describe("STUN bytes", () => {
  it("reads the sample request of RFC 5769, its fingerprint included", () => {
    const request = readRequest(SAMPLE);
    expect(request).toMatchObject({ unknown: [], fingerprint: true });
    expect(bytes(request?.transaction ?? new Uint8Array())).toBe("b7e7a701bc34d686fa87dfae");
  });

  it("writes the mapped addresses of RFC 5769", () => {
    const request = readRequest(SAMPLE) as BindingRequest;
    const four = bytes(writeAnswer(request, addressBytes("192.0.2.1"), 32_853));
    const six = bytes(writeAnswer(request, addressBytes("2001:db8:1234:5678:11:2233:4455:6677"), 32_853));
    expect(four.slice(0, 8)).toBe("01010014"); // success, one address and a fingerprint
    expect(four.slice(40, 40 + MAPPED_4.length)).toBe(MAPPED_4);
    expect(six.slice(40, 40 + MAPPED_6.length)).toBe(MAPPED_6);
  });

  it("ignores what is not a well-formed binding request", () => {
    const wrongChecksum = SAMPLE.slice();
    wrongChecksum[30] = 0;
    const response = plain();
    response.set([1, 1]);
    const oldCookie = plain();
    oldCookie[4] = 0;
    const faulty = [wrongChecksum, response, oldCookie, SAMPLE.slice(0, 40), plain().slice(0, 19), new Uint8Array()];
    for (const each of faulty) expect(readRequest(each)).toBeUndefined();
  });

  it("refuses an attribute that it would have to understand, by its number", () => {
    const request = new Uint8Array([...plain(), ...hex("0003 0004 00000006")]); // CHANGE-REQUEST of old STUN
    request[3] = 8;
    const answer = bytes(writeAnswer(readRequest(request) as BindingRequest, addressBytes("192.0.2.1"), 1));
    expect(answer.slice(0, 4)).toBe("0111");
    expect(answer).toContain("00000414"); // class 4, number 20
    expect(answer).toContain("000a00020003");
  });

  it("never throws, and answers only what it can tie to a request", () => {
    const mutated = fc.tuple(fc.nat(SAMPLE.length - 1), fc.nat(255)).map(([at, value]) => {
      const copy = SAMPLE.slice();
      copy[at] = value;
      return copy;
    });
    const anything = fc.oneof(fc.uint8Array({ maxLength: 1_300 }), mutated);
    fc.assert(
      fc.property(anything, (input) => {
        const request = readRequest(input);
        if (request) expect(writeAnswer(request, new Uint8Array(4), 1).slice(8, 20)).toEqual(input.slice(8, 20));
      }),
      { numRuns: 10_000 },
    );
  });
});

/** Sends, and gives back what came until the server has seen it all, each answer with the port that asked behind it. */
async function ask(server: StunServer, counters: Counters, request: Uint8Array, count = 1) {
  const socket = createSocket("udp4");
  const answers: Uint8Array[] = [];
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const own = socket.address().port;
  socket.on("message", (answer) => answers.push(Uint8Array.from([...answer, own >> 8, own & 0xff])));
  const seen = (): number => Object.values(counters.all()).reduce((sum, each) => sum + each, 0);
  const answered = (): number => counters.all()["stun_answered"] ?? 0;
  const [seenBefore, answeredBefore] = [seen(), answered()];
  for (let index = 0; index < count; index++) socket.send(request, server.port, "127.0.0.1");
  await until(() => seen() - seenBefore === count && answers.length === answered() - answeredBefore);
  await new Promise<void>((resolve) => socket.close(resolve));
  return answers;
}

async function until(done: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!done()) {
    if (Date.now() > end) throw new Error("it never happened");
    await new Promise((next) => setTimeout(next, 5));
  }
}

describe("STUN server", () => {
  it("answers with the address of the asker", async () => {
    const counters = new Counters();
    const server = await listenStun("127.0.0.1", 0, counters);
    const [answer] = await ask(server, counters, plain());
    await server.close();
    if (!answer) throw new Error("no answer");
    const view = new DataView(answer.buffer);
    expect(view.getUint16(0)).toBe(0x0101);
    const port = view.getUint16(answer.length - 2);
    expect(view.getUint16(26) ^ 0x2112).toBe(port);
    expect(counters.all()).toEqual({ stun_answered: 1 });
  });

  it("counts noise and floods without answering them", async () => {
    const counters = new Counters();
    const server = await listenStun("127.0.0.1", 0, counters);
    expect(await ask(server, counters, Uint8Array.of(1, 2, 3))).toEqual([]);
    const answers = await ask(server, counters, plain(), 2 * STUN_PER_HOST);
    await server.close();
    const counted = counters.all();
    expect(counted["stun_ignored"]).toBe(1);
    expect(answers.length).toBe(counted["stun_answered"]);
    expect(counted["stun_limited"]).toBeGreaterThan(0);
  });
});
