/** Who writes to somebody that looks at the chat sees it delivered and read within a second; of others nothing so exact. */
import { beforeEach, describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "./office.ts";
import { type Contacts, contacts, meet, newcomer, texts, words, write } from "./people.ts";

/** Acknowledged within a second, and the ways of a cell through the mailbox. */
const AT_ONCE = 1_200;

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
  office.links = false;
  ann.line.cut();
  await office.clock.advance(MINUTE);
});
const last = async (): Promise<string | undefined> => (await texts(ann, atAnn)).at(-1)?.delivery?.kind;
/** Ann writes, and it is at Ben's. */
async function come(text: string): Promise<void> {
  await write(ann, atAnn, text);
  await office.clock.until(() => ben.arrived.some((one) => one.text === text), MINUTE);
}

describe("a chat on the screen", () => {
  beforeEach(() => office.clock.wait(ben.chat.openChat(atBen)));

  test("acknowledges what comes within a second, and that it was read", async () => {
    await come("are you there?");
    await office.clock.advance(AT_ONCE);
    expect(await last()).toBe("delivered");
    await office.clock.wait(ben.chat.markRead(atBen));
    await office.clock.advance(AT_ONCE);
    expect(await last()).toBe("read");
  });

  test("answers a flood with a cell a second at most, not one for each text", async () => {
    const before = ben.line.puts;
    for (let at = 0; at < 40; at++) {
      await write(ann, atAnn, `quick ${at}`);
      await office.clock.advance(100);
    }
    await office.clock.advance(2 * AT_ONCE);
    expect((await words(ben, atBen)).at(-1)).toBe("quick 39");
    expect(await last()).toBe("delivered");
    expect(ben.line.puts - before).toBeLessThanOrEqual(8);
  });

  test("spends no more of a day's box on that than texts can spare", async () => {
    const before = ben.line.puts;
    for (let at = 0; at < 300; at++) {
      await write(ann, atAnn, `on and on ${at}`);
      await office.clock.advance(1_500);
    }
    await office.clock.advance(MINUTE);
    expect(await last()).toBe("delivered");
    expect(ben.line.puts - before).toBeLessThan(260);
  });

  test("that is closed or hidden lets them wait for company again", async () => {
    await office.clock.wait(ben.chat.openChat(undefined));
    await come("anybody?");
    await office.clock.advance(AT_ONCE);
    expect(await last()).toBe("stored");
    await office.clock.advance(MINUTE);
    expect(await last()).toBe("delivered");
  });

  test("is not another one, whose acknowledgements wait", async () => {
    const cleo = await newcomer(office, "cleo");
    const { atAnn: cleoAtBen } = await meet(ben, cleo);
    await office.clock.wait(ben.chat.openChat(cleoAtBen));
    await come("and me?");
    await office.clock.advance(AT_ONCE);
    expect(await last()).toBe("stored");
    await office.clock.wait(ben.chat.openChat(cleoAtBen, [atBen])); // the other tab
    await office.clock.advance(AT_ONCE);
    expect(await last()).toBe("delivered");
  });
});

test("a chat that is opened sends what it owes at once", async () => {
  await come("when you look");
  await office.clock.advance(AT_ONCE);
  expect(await last()).toBe("stored");
  await office.clock.wait(ben.chat.openChat(atBen));
  await office.clock.wait(ben.chat.markRead(atBen));
  await office.clock.advance(AT_ONCE);
  expect(await last()).toBe("read");
});

test("a worker looks at nothing, and a new day has its own share", async () => {
  await ben.close();
  await write(ann, atAnn, "to the worker");
  await ben.start({ leaf: true });
  expect(await office.clock.wait(ben.chat.catchUp())).toEqual({ complete: true });
  await ben.close();
  await ben.start();
  await office.clock.wait(ben.chat.openChat(atBen));
  await office.clock.advance(DAY + HOUR);
  await come("next day");
  await office.clock.advance(AT_ONCE);
  expect(await last()).toBe("delivered");
});
