/** A fault of ours is told as one: it never looks like "nobody answered", and does not stop what goes on beside it. */
import { beforeEach, describe, expect, test } from "vitest";
import { Fault } from "#node/errors.ts";
import { HOUR, MINUTE } from "./office.ts";
import { answer, type Contacts, contacts, invite, lastDelivery, newcomer, send, words, write } from "./people.ts";

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
  office.links = false;
  ann.line.cut();
  ben.logged.length = 0;
});
const faults = (): number => ben.chat.counters.get("fault") ?? 0;
const places = () => new Set(ben.logged.filter(({ name }) => name === "fault").map(({ where }) => where));
const breaks = (): Promise<never> => Promise.reject(new TypeError("undefined is not a function"));
const silent = (): Promise<never> => Promise.reject(new Fault("unanswered", "Every try ran out of time."));

describe("a call to the network that fails as it never should", () => {
  test.each(["get", "list", "put", "delete", "have", "watch"] as const)("%s: is counted and logged", async (call) => {
    const cleo = await newcomer(office, "cleo");
    const link = await invite(cleo);
    await answer(cleo, await invite(ben));
    await cleo.close();
    if (call === "watch") {
      await ben.close();
      await ben.start({ online: false });
      ben.line.watch = () => ({ listed: breaks(), close: () => undefined });
      ben.line.up(true);
    } else ben.line[call] = breaks;
    await send(ann, atAnn, "hello?");
    await answer(ben, link, "hi").catch(() => undefined);
    await write(ben, atBen, "hi").catch(() => undefined);
    await office.clock.advance(HOUR);
    expect(faults()).toBeGreaterThan(0);
    expect(places().size).toBeGreaterThan(0);
  });

  test("of a link that is looked up is no invite that was not found", async () => {
    const link = await invite(ann);
    ben.line.get = breaks;
    expect(await office.clock.wait(ben.chat.lookUp(link))).toEqual({ kind: "fault", fault: "failed" });
    expect(places()).toEqual(new Set(["chat.invite"]));
    ben.line.get = silent;
    const before = faults();
    expect(await office.clock.wait(ben.chat.lookUp(link))).toEqual({ kind: "fault", fault: "unreachable" });
    expect(faults()).toBe(before);
  });

  test("of the card behind a link is no invite that was not found either", async () => {
    const link = await invite(ann);
    const get = ben.line.get.bind(ben.line);
    for (const holder of office.holders) holder.clear();
    ben.line.get = (box, tags) => (box.kind === 5 ? breaks() : get(box, tags));
    expect(await office.clock.wait(ben.chat.lookUp(link))).toEqual({ kind: "fault", fault: "failed" });
  });

  test("of a text that is put away says so, and goes out once it works", async () => {
    const put = ben.line.put.bind(ben.line);
    ben.line.put = breaks;
    await send(ben, atBen, "on its way");
    expect(await lastDelivery(ben, atBen)).toEqual({ kind: "queued", reason: "fault" });
    ben.line.put = put;
    await office.clock.advance(10 * MINUTE);
    expect((await words(ann, atAnn)).at(-1)).toBe("on its way");
  });

  test("of one box keeps nothing of the others", async () => {
    const cleo = await newcomer(office, "cleo");
    await answer(cleo, await invite(ben), "through the invite");
    await send(ann, atAnn, "through the box");
    await ben.close();
    await ben.start({ online: false });
    const [list, get] = [ben.line.list.bind(ben.line), ben.line.get.bind(ben.line)];
    ben.line.list = (box, ...rest) => (box.kind === 2 ? breaks() : list(box, ...rest));
    ben.line.get = (box, tags) => (box.kind === 5 ? breaks() : get(box, tags));
    ben.line.up(true);
    await office.clock.advance(HOUR);
    expect((await words(ben, atBen)).at(-1)).toBe("through the box");
    expect(ben.chat.chats.some(({ contact }) => contact.phase === "request")).toBe(true);
    expect(places()).toEqual(new Set(["chat.inbox", "chat.publish"]));
  });
});

test("a network where nobody answers is no fault", async () => {
  for (const call of ["get", "list", "put", "delete", "have"] as const) ben.line[call] = silent;
  await send(ann, atAnn, "hello?");
  await write(ben, atBen, "hi");
  await office.clock.advance(2 * HOUR);
  expect(faults()).toBe(0);
  expect((await lastDelivery(ben, atBen))?.kind).toBe("queued");
});

test("a full disk is told as one, not as a fault", async () => {
  ben.full = true;
  await send(ann, atAnn, "no room");
  await office.clock.advance(HOUR);
  expect(ben.chat.storageFull).toBe(true);
  expect(faults()).toBe(0);
});

test("a worker that fails says that it was not through, and why", async () => {
  await ben.close();
  await ben.start({ leaf: true });
  ben.line.list = breaks;
  expect(await office.clock.wait(ben.chat.catchUp())).toEqual({ complete: false });
  expect(faults()).toBeGreaterThan(0);
});
