import { beforeEach, expect, test } from "vitest";
import { type Device, Office } from "./office.ts";
import { answer, invite, meet, words } from "./people.ts";

const MINUTE = 60_000;

let office: Office;
let ann: Device;
let ben: Device;

beforeEach(async () => {
  office = new Office();
  ann = office.device("ann");
  ben = office.device("ben");
  await ann.start();
  await ben.start();
});

test("a request is told with its text and name, and once", async () => {
  await answer(office, ben, await invite(office, ann), "hello");
  await office.clock.advance(30 * MINUTE);
  const chat = ann.chat.chats[0]?.id;
  expect(ann.arrived).toEqual([{ chat, name: "ben", text: "hello", phase: "request" }]);
  ann.kill();
  await ann.start();
  await office.clock.advance(30 * MINUTE);
  expect(ann.arrived).toHaveLength(1);
});

test("a request without a text is told as well", async () => {
  await answer(office, ben, await invite(office, ann), "");
  await office.clock.advance(MINUTE);
  expect(ann.arrived).toMatchObject([{ name: "ben", text: "", phase: "request" }]);
});

test("texts are told once by whatever way they come, own ones and acknowledgements never", async () => {
  const { atAnn, atBen } = await meet(office, ann, ben);
  ben.arrived.length = 0;
  await office.clock.wait(ann.chat.write(atAnn, "direct"));
  await office.clock.advance(MINUTE);
  const swallow = ben.line.sendDirect.bind(ben.line);
  ben.line.sendDirect = () => true;
  await office.clock.wait(ann.chat.write(atAnn, "both ways"));
  await office.clock.advance(MINUTE);
  ben.line.sendDirect = swallow;
  await ben.close();
  await office.clock.wait(ann.chat.write(atAnn, "mailbox"));
  await office.clock.advance(MINUTE);
  await ben.start();
  await office.clock.advance(30 * MINUTE);
  const told = ["direct", "both ways", "mailbox"].map((text) => ({ chat: atBen, name: "ann", text, phase: "open" }));
  expect(ben.arrived).toEqual(told);
});

test("what the disk does not take is not told, and told when it does", async () => {
  const { atAnn, atBen } = await meet(office, ann, ben);
  ben.arrived.length = 0;
  ben.full = true;
  await office.clock.wait(ann.chat.write(atAnn, "no room"));
  await office.clock.advance(5 * MINUTE);
  expect(ben.arrived).toEqual([]);
  ben.full = false;
  await office.clock.advance(30 * MINUTE);
  expect(ben.arrived.map(({ text }) => text)).toEqual(["no room"]);
  expect(await words(office, ben, atBen)).toContain("no room");
});
