/** quality.md §4, scenario 8, in the real app: names that lie, broken invites, a full disk, wrong clocks, plain http. */
import { randomBytes } from "node:crypto";
import { chromium, expect, type Page, test } from "@playwright/test";
import { chromiumFlags, findChromium } from "../../tools/chromium.mjs";
import { say } from "../../web/src/ui/words/sentences.ts";
import { tell } from "../../web/src/ui/words/sentences-pages.ts";
import { core } from "../relay/client.ts";
import { cleanUp, start } from "../relay/process.ts";
import { newProfile, Person, sayGoodbye } from "./people.ts";
import { small } from "./room.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

const visible = (page: Page, sentence: string): Promise<void> => expect(page.getByText(sentence).first()).toBeVisible();

/** A and B become contacts. */
async function meet(a: Person, open: (link: string) => Promise<Person>, shownAs: RegExp) {
  await a.begin();
  const link = await a.invite();
  const b = await open(link);
  await b.begin();
  await b.answer("hello");
  await a.page.getByRole("button", { name: shownAs }).first().click();
  await a.page.getByRole("button", { name: "Accept" }).click();
  await expect(b.status("Read")).toBeVisible();
  return { b, link };
}

/** Everything that leaves a page or is said in it, but for what the person sees. */
class Overheard {
  readonly said: string[] = [];
  readonly asked: string[] = [];
  readonly sent: Buffer[] = [];

  constructor({ context, page }: Person) {
    page.on("console", (message) => this.said.push(message.text()));
    page.on("pageerror", (error) => this.said.push(error.message));
    context.on("request", (request) => {
      this.asked.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? "");
    });
    page.on("websocket", (socket) => {
      this.asked.push(socket.url());
      const hear = ({ payload }: { payload: string | Buffer }): void => void this.sent.push(Buffer.from(payload));
      socket.on("framesent", hear);
      socket.on("framereceived", hear);
    });
  }
}

test("names that lie stay names, and no log, request or frame holds a name, text, id or invite", async () => {
  const relay = await start(["--peers", "4"]);
  const markup = "<img src=x onerror=alert(1)>";
  const turning = "\u2069\u202Egnp.neB\u200B";
  const ann = await Person.open(await newProfile(markup), "about:blank");
  const heardAnn = new Overheard(ann);
  await ann.page.goto(relay.url);
  let heardBen: Overheard | undefined;
  const { b: ben, link } = await meet(
    ann,
    async (opened) => {
      const person = await Person.open(await newProfile(turning), "about:blank");
      heardBen = new Overheard(person);
      await person.page.goto(opened);
      await visible(person.page, markup);
      return person;
    },
    /gnp\.neB/,
  );
  await ben.write(`javascript:alert(1) ${markup}`);
  await expect(ann.message(`javascript:alert(1) ${markup}`)).toBeVisible();
  await expect(ann.page.getByRole("heading", { name: "gnp.neB", exact: true })).toBeVisible();
  await expect(ben.page.getByRole("heading", { name: markup, exact: true })).toBeVisible();
  for (const { page } of [ann, ben]) {
    expect(await page.locator("img, script:not([src])").count()).toBe(0); // through shadow roots, too
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    expect(await page.getByText(/[\u202A-\u202E\u200B]/).count()).toBe(0);
  }

  const ids = [await ann.nodeId(), await ben.nodeId(), await identityOf(ann), await identityOf(ben)];
  expect(new Set(ids).size).toBe(4);
  const payload = new URL(link).hash.slice(1);
  const secret = Buffer.from(payload, "base64url").subarray(70, 86);
  const secrets = [markup, "gnp.neB", "hello", "javascript:alert", payload, secret.toString("hex"), ...ids];
  await relay.stop();
  expect(relay.stderr()).toContain('"event":"ended"');
  for (const heard of [heardAnn, heardBen as Overheard]) {
    expect(heard.asked.length).toBeGreaterThan(5);
    expect(heard.sent.length).toBeGreaterThan(20);
    const texts = { console: heard.said.join("\n"), relay: relay.stderr(), requests: heard.asked.join("\n") };
    for (const [where, text] of Object.entries(texts)) {
      for (const each of secrets) expect(text.includes(each), `${where} holds ${each}`).toBe(false);
    }
    const frames = Buffer.concat(heard.sent);
    const bytes = [markup, "gnp.neB", "javascript:alert"].map((text) => Buffer.from(text));
    for (const each of [...bytes, secret, ...ids.slice(2).map((id) => Buffer.from(id, "hex"))]) {
      expect(frames.includes(each)).toBe(false);
    }
  }
  expect([...ann.faults, ...ben.faults]).toEqual([]);
});

async function identityOf({ page }: Person): Promise<string> {
  await page.getByRole("button", { name: "Settings" }).click();
  const id = await page
    .getByText(/^[0-9a-f]{64}$/)
    .first()
    .textContent();
  await page.keyboard.press("Escape");
  return id ?? "";
}

test("a link that is cut, foreign, over or taken back says so, whether it was opened or pasted", async () => {
  const relay = await start();
  const ann = await Person.open(await newProfile("Ann"), relay.url);
  await ann.begin();
  const link = new URL(await ann.invite());
  const changed = (change: (bytes: Buffer) => void): string => {
    const bytes = Buffer.from(link.hash.slice(1), "base64url");
    change(bytes);
    return `${relay.url}/#${bytes.toString("base64url")}`;
  };
  const foreign = changed((bytes) => bytes.set(core.network("nodus/1/elsewhere").subarray(0, 4), 2));
  const over = changed((bytes) => bytes.writeUInt16BE(4, 86));
  const cut = link.href.slice(0, -60);
  const cases = [
    [cut, "malformed"],
    [`${relay.url}/#%3Cscript%3E`, "malformed"],
    [foreign, "foreign-network"],
    [over, "expired"],
  ] as const;
  const { page } = await Person.open(await newProfile("Ben"), relay.url);
  for (const [url, fault] of cases) {
    await page.goto("about:blank");
    await page.goto(url);
    await visible(page, say.inviteFault(fault));
    expect(page.url()).toBe(`${relay.url}/`);
  }
  await page.getByRole("textbox").first().fill("Ben");
  await page.getByRole("button", { name: "Start" }).click();
  for (const [url, fault] of cases) {
    await page.getByRole("textbox", { name: "Invite link" }).fill(url);
    await page.keyboard.press("Enter");
    await visible(page, say.inviteFault(fault));
  }

  await ann.page.getByRole("button", { name: say.invitesOpen(1) }).click();
  await ann.page.getByRole("button", { name: /^Ready: / }).click();
  await ann.page.getByRole("button", { name: tell.revoke }).click();
  await ann.page.getByRole("button", { name: tell.revoke }).click(); // yes
  await expect(ann.page.getByRole("button", { name: say.invitesOpen(1) })).toBeHidden();
  await page.getByRole("textbox", { name: "Invite link" }).fill(link.href);
  await page.keyboard.press("Enter");
  await visible(page, say.inviteFault("revoked"));
});

test("a full disk is told, nothing is lost, and it goes on when there is room", async () => {
  const relay = await start(["--peers", "4"]);
  const { person: ann, room } = await small("Ann", relay.url);
  const { b: ben } = await meet(ann, async (link) => Person.open(await newProfile("Ben"), link), /Ben/);
  const long = `no room ${randomBytes(6_000).toString("hex")}`;
  await room.fill();
  const composer = ann.page.getByRole("textbox", { name: "Message" });
  await composer.fill(long);
  await composer.press("Enter");
  await visible(ann.page, say.storageFull);
  await expect(composer).toHaveValue(long);
  await expect(ann.message("no room")).toBeHidden();
  await ben.write("for a full disk");

  await room.free();
  await composer.press("Enter");
  await expect(ann.message("no room")).toBeVisible();
  await expect(ann.page.getByText(say.storageFull)).toBeHidden();
  await expect(ben.message("no room")).toBeVisible();
  // It was written first, so it stands above a text of many screens, and only what is near the screen is drawn.
  const upwards = async (): Promise<void> => {
    const log = ann.page.getByRole("log");
    await expect(log.getByText("no room")).toBeVisible();
    await expect(async () => {
      await log.evaluate((scroller) => scroller.scrollTo({ top: -scroller.scrollHeight }));
      await expect(ann.message("for a full disk")).toBeVisible({ timeout: 1_000 });
    }).toPass();
  };
  await upwards();
  await ann.page.reload();
  await ann.open("Ben");
  await upwards();
  expect(await ann.words(/hello|no room|for a full disk/)).toHaveLength(3);
  expect([...ann.faults, ...ben.faults]).toEqual([]);
});

test("a disk that is full before there is an identity is told, and the start goes on when there is room", async () => {
  const relay = await start();
  const { person: ann, room } = await small("Ann", relay.url);
  await expect(ann.page.getByRole("textbox").first()).toBeVisible();
  await room.fill();
  // The form stands before all else is loaded, so the full disk may be met before or after the click.
  await ann.page
    .getByRole("button", { name: say.start })
    .click({ timeout: 3_000 })
    .catch(() => undefined);
  await visible(ann.page, say.broken("storage-full"));
  await ann.page.reload();
  await visible(ann.page, say.broken("storage-full"));
  await room.free();
  await ann.page.getByRole("button", { name: say.reload }).click();
  await ann.begin();
  await visible(ann.page, say.emptyTitle);
});

test("clocks a day fast and three hours slow are told, and the two chat all the same", async () => {
  const relay = await start(["--peers", "4"]);
  const ann = await Person.open(await newProfile("Ann"), relay.url, { wallOffset: DAY + MINUTE });
  const { b: ben } = await meet(
    ann,
    async (link) => Person.open(await newProfile("Ben"), link, { wallOffset: -3 * HOUR - MINUTE }),
    /Ben/,
  );
  await visible(ann.page, say.skew("1 day", true));
  await visible(ben.page, say.skew("3 hr", false));
  await ann.write("what time is it with you?");
  await expect(ben.message("what time is it with you?")).toBeVisible();
  await ben.close();
  await ann.write("too late");
  await expect(ann.status(/Stored \d\/\d, until /)).toBeVisible();
});

test("a clock that is days off is told, where too few nodes are known to go by theirs", async () => {
  const relay = await start();
  const ann = await Person.open(await newProfile("Ann"), relay.url, { wallOffset: -40 * DAY - HOUR });
  await ann.begin();
  await visible(ann.page, say.skewDoubted("40 days", false));
});

test("a page over plain http from another host says what it lacks and what to do", async () => {
  const relay = await start();
  const browser = await chromium.launch({
    executablePath: findChromium() ?? "chromium",
    args: [...chromiumFlags, "--host-resolver-rules=MAP nodus.test 127.0.0.1"],
  });
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(`http://nodus.test:${new URL(relay.url).port}/`);
    await visible(page, say.unsupported("secure-context"));
    expect(await page.getByRole("button").count()).toBe(0);
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
});
