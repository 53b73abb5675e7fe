import { beforeEach, describe, expect, test } from "vitest";
import { type Device, Office } from "./office.ts";
import { invite, meet, words } from "./people.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let office: Office;
let ann: Device;
let ben: Device;
let atAnn: string;
let atBen: string;

beforeEach(async () => {
  office = new Office();
  ann = office.device("ann");
  ben = office.device("ben");
  ({ atAnn, atBen } = await meet(office, ann, ben));
});

describe("a deleted chat", () => {
  test("leaves nothing on the disk that names it, and nothing that watches or comes", async () => {
    office.links = false;
    ann.line.cut();
    ann.line.silent = true;
    await office.clock.wait(ann.chat.write(atAnn, "on its way"));
    await office.clock.wait(ann.chat.setDraft(atAnn, "and then"));
    await ann.chat.openChat(atAnn);
    const watching = ann.line.watching;
    await office.clock.wait(ann.chat.deleteChat(atAnn));
    expect(ann.chat.chats).toEqual([]);
    expect(ann.line.watching).toBeLessThan(watching);
    const named = [...ann.disk.keys()].filter((key) => key.includes(atAnn) || key.startsWith("parcel/"));
    expect(named).toEqual([]);
    await office.clock.advance(1_000);
    ann.line.silent = false;
    const puts = ann.line.puts;
    ann.arrived.length = 0;
    await office.clock.wait(ben.chat.write(atBen, "are you there?"));
    await office.clock.advance(DAY);
    expect([ann.chat.chats, ann.arrived]).toEqual([[], []]);
    expect(ann.line.puts - puts).toBeLessThanOrEqual(1); // her card, once a day
    ann.kill();
    await ann.start();
    await office.clock.advance(MINUTE);
    expect(ann.chat.chats).toEqual([]);
    expect(await words(office, ann, atAnn)).toEqual([]);
  });

  test("takes its direct link along", async () => {
    expect(ann.line.direct(ben.nodeId)).toBe(true);
    await office.clock.wait(ann.chat.deleteChat(atAnn));
    expect(ann.line.direct(ben.nodeId)).toBe(false);
    await office.clock.wait(ben.chat.write(atBen, "are you there?"));
    await office.clock.advance(MINUTE);
    expect(ann.chat.counters.get("cell.foreign")).toBeUndefined();
    expect(ann.line.direct(ben.nodeId)).toBe(false);
  });

  test("can begin anew with another invite", async () => {
    await office.clock.wait(ann.chat.deleteChat(atAnn));
    const met = await meet(office, ann, ben);
    expect(met.atAnn).not.toBe(atAnn);
    expect(met.atBen).toBe(atBen);
    await office.clock.wait(ben.chat.write(atBen, "again"));
    await office.clock.advance(MINUTE);
    expect((await words(office, ann, met.atAnn)).at(-1)).toBe("again");
  });
});

describe("before everything is wiped", () => {
  test("open invites are taken back, and who opens one is told", async () => {
    const links = [await invite(office, ann), await invite(office, ann)];
    await office.clock.wait(ann.chat.farewell(), 5_000);
    ann.kill();
    for (const link of links) {
      expect(await office.clock.wait(ben.chat.lookUp(link))).toEqual({ kind: "fault", fault: "revoked" });
    }
  });

  test("neither a dead network nor a full disk keeps anyone waiting", async () => {
    const link = await invite(office, ann);
    ann.full = true;
    await office.clock.wait(ann.chat.farewell(), 5_000);
    expect(await office.clock.wait(ben.chat.lookUp(link))).toEqual({ kind: "fault", fault: "revoked" });
    ann.full = false;
    await invite(office, ann);
    ann.line.delete = () => new Promise(() => undefined);
    await office.clock.wait(ann.chat.farewell(), 5_000);
    ann.line.up(false);
    await invite(office, ann);
    await office.clock.wait(ann.chat.farewell(), 5_000);
    await ann.close();
    await ann.chat.farewell();
  });
});
