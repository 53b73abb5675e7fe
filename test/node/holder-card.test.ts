import { describe, expect, it } from "vitest";
import { minuteOf, unitOf } from "#node/machine/cells.ts";
import { type Answer, AnswerCode, type Card, type Request } from "#node/messages.ts";
import { cellOf, core, HolderKit, hashOf, headerOf, network, random, START, stampFor } from "./storage-kit.ts";

const NO_SIGNATURE = new Uint8Array(64);

class Person {
  readonly secret = random(32);
  readonly edPk = core.edPublic(this.secret);
  readonly mldsaPk = random(2_592);
  readonly address = core.hash("card", core.identityId(this.edPk, this.mldsaPk));

  /** The 16 KiB cell of a card; `change` after signing. */
  cell(generation: number, seq = minuteOf(START), change: Partial<Card> = {}, expiry = unitOf(START) + 40): Uint8Array {
    const card: Card = {
      version: 1,
      edPk: this.edPk,
      mldsaPk: this.mldsaPk,
      generation,
      seq,
      inboxPk: random(32),
      x25519Pk: random(32),
      mlkemPk: random(1_568),
      stampBits: 22,
      expiry,
      reserved: new Uint8Array(64),
      sigEd: NO_SIGNATURE,
      sigMldsa: random(4_627),
    };
    const sigEd = core.sign(this.secret, "card", network, core.encode("card", card).subarray(0, 4_332));
    const bytes = core.encode("card", { ...card, sigEd, ...change });
    const cell = new Uint8Array(16_384);
    cell.set(headerOf(expiry, core.hash("card-hash", bytes).slice(0, 16)));
    cell.set(bytes, 20);
    return cell;
  }
  put(cell: Uint8Array, address = this.address): Request {
    const place = { kind: 5 as const, address };
    const stamp = stampFor(address, cell, 15);
    return { op: "put", innerId: random(16), place, signer: 0, sig: NO_SIGNATURE, stamp, cell };
  }
  get(): Request {
    const place = { kind: 5 as const, address: this.address };
    return { op: "get", innerId: random(16), place, sent: 0, tags: [], signer: 0, sig: NO_SIGNATURE };
  }
}
const cells = (answers: Answer[]): Uint8Array[] =>
  answers.flatMap(({ body }) => (body.kind === "cell" ? [body.cell] : []));

describe("a holder of cards", () => {
  it("takes one without a signature of the request and gives it to anyone, as often as asked", () => {
    const holder = new HolderKit();
    const person = new Person();
    const cell = person.cell(100);
    expect(holder.one(person.put(cell))).toMatchObject({
      code: AnswerCode.ok,
      body: { kind: "stored", address: person.address, hash: hashOf(cell) },
    });
    const get = person.get();
    for (let times = 0; times < 6; times += 1) expect(cells(holder.ask(get))).toEqual([cell]);
  });

  it("keeps the two highest, by generation and then seq, and refuses what is lower as stale", () => {
    const holder = new HolderKit();
    const person = new Person();
    const now = minuteOf(START);
    const [old, newer, newest, regenerated] = [
      person.cell(100, now - 50),
      person.cell(100, now - 20),
      person.cell(100, now),
      person.cell(101, now - 90),
    ] as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    for (const cell of [newer, old, newest]) expect(holder.code(person.put(cell))).toBe(AnswerCode.ok);
    expect(new Set(cells(holder.ask(person.get())))).toEqual(new Set([newer, newest]));
    expect(holder.code(person.put(old))).toBe(AnswerCode.stale);
    expect(holder.code(person.put(regenerated))).toBe(AnswerCode.ok);
    expect(new Set(cells(holder.ask(person.get())))).toEqual(new Set([newest, regenerated]));
    expect(holder.machine.cells).toBe(2);
    const after = new HolderKit({ disk: holder.disk });
    expect(new Set(cells(after.ask(person.get())))).toEqual(new Set([newest, regenerated]));
    expect(after.code(person.put(newer))).toBe(AnswerCode.stale);
  });

  it("promises nothing that does not stay when cards cross on their way to the disk", () => {
    const holder = new HolderKit();
    const person = new Person();
    const now = minuteOf(START);
    holder.isHeld = true;
    for (const age of [40, 10, 30, 20]) holder.ask(person.put(person.cell(100, now - age)));
    holder.land();
    holder.land();
    const answers = holder.taken().map(({ answer }) => answer);
    const promised = answers.filter(({ body }) => body.kind === "stored").length;
    expect(answers).toHaveLength(4);
    expect(promised).toBeGreaterThanOrEqual(2);
    expect(holder.machine.cells).toBe(2);
  });

  it("has no other request for them", () => {
    const holder = new HolderKit();
    const person = new Person();
    holder.ask(person.put(person.cell(100)));
    const place = { kind: 5 as const, address: person.address };
    const read = { innerId: random(16), place, sent: START, signer: 2, sig: random(64) };
    expect(holder.code({ op: "list", ...read })).toBe(AnswerCode.badAddress);
    expect(holder.code({ op: "watch", ...read })).toBe(AnswerCode.badAddress);
    const end = { header: person.cell(100).slice(0, 20), reason: 0, sig: random(64) };
    expect(holder.code({ op: "delete", innerId: random(16), place, ...end })).toBe(AnswerCode.badAddress);
  });

  const refusals: [string, number, (person: Person) => Request][] = [
    ["of another person", AnswerCode.badAddress, (person) => person.put(new Person().cell(100), person.address)],
    [
      "changed after signing",
      AnswerCode.badSignature,
      (person) => person.put(person.cell(100, undefined, { stampBits: 0 })),
    ],
    [
      "signed with another key",
      AnswerCode.badSignature,
      (person) => person.put(person.cell(100, undefined, { sigEd: random(64) })),
    ],
    ["of the future", AnswerCode.tooFarAhead, (person) => person.put(person.cell(100, minuteOf(START) + 11))],
    [
      "that lasts too long",
      AnswerCode.tooFarAhead,
      (person) => person.put(person.cell(100, undefined, {}, unitOf(START) + 58)),
    ],
    ["that is past", AnswerCode.past, (person) => person.put(person.cell(100, undefined, {}, unitOf(START) - 1))],
    ["that is no card", AnswerCode.malformed, (person) => person.put(cellOf(16_384))],
    ["too short for one", AnswerCode.malformed, (person) => ({ ...person.put(person.cell(100)), cell: cellOf(2_048) })],
    [
      "with something behind it",
      AnswerCode.malformed,
      (person) => {
        const cell = person.cell(100);
        cell[16_383] = 1;
        return person.put(cell);
      },
    ],
    [
      "under another expiry",
      AnswerCode.malformed,
      (person) => {
        const cell = person.cell(100);
        cell.set(headerOf(unitOf(START) + 20, random(16)));
        return person.put(cell);
      },
    ],
  ];
  it.each(refusals)("refuses one %s", (_, code, make) => {
    const holder = new HolderKit();
    const person = new Person();
    const request = make(person);
    const cheap = request.op === "put" && request.cell.length !== 16_384;
    expect(holder.code(request)).toBe(cheap ? AnswerCode.price : code);
    expect(holder.disk.size).toBe(0);
  });
});
