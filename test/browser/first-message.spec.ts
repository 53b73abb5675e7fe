/** quality.md §4, scenario 1: first run, invite, the first message over WebRTC, the states up to read. */
import { expect, test } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { cleanUp, start } from "../relay/process.ts";
import { newProfile, Person, sayGoodbye } from "./people.ts";

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

test("two people meet through an invite and talk directly", async () => {
  const relay = await start(["--peers", "8"]);
  const ann = await Person.open(await newProfile("Ann"), relay.url);
  await ann.begin();
  const link = await ann.invite();
  expect(new URL(link).origin + new URL(link).pathname).toBe(`${relay.url}/`);

  const ben = await Person.open(await newProfile("Ben"), link);
  await expect(ben.page.getByText("Ann")).toBeVisible();
  expect(ben.page.url()).toBe(`${relay.url}/`); // the secret has left the address bar
  await ben.begin();
  await ben.answer("hello from Ben");
  await expect(ben.page.getByText(say.isPending)).toBeVisible();

  await ann.accept("Ben");
  await expect(ann.message("hello from Ben")).toBeVisible();
  await expect(ann.page.getByText(say.linkedNow).first()).toBeVisible();
  await expect(ben.page.getByText(say.linkedNow).first()).toBeVisible();
  await expect(ben.status("Read")).toBeVisible();

  await ann.write("nice to meet you");
  await expect(ben.message("nice to meet you")).toBeVisible();
  await expect(ann.status("Read")).toBeVisible();
  await expect(ann.page.getByRole("log").getByText("direct", { exact: true }).last()).toBeVisible();

  // Markup is text, whoever sends it.
  await ben.write("<img src=x onerror=alert(1)>");
  await expect(ann.message("<img src=x onerror=alert(1)>")).toBeVisible();
  expect(await ann.page.evaluate(() => document.images.length)).toBe(0);

  // A reload changes nothing of what is there.
  await ann.page.reload();
  await ann.open("Ben");
  expect(await ann.words(/hello from Ben|nice to meet you/)).toEqual(["hello from Ben", "nice to meet you"]);
  expect([...ann.faults, ...ben.faults]).toEqual([]);
});

test("own, broken, oversize and used invites each have their own sentence", async () => {
  const relay = await start(["--peers", "4"]);
  const ann = await Person.open(await newProfile("Ann"), relay.url);
  await ann.begin();
  const link = await ann.invite();
  const open = async (person: Person, text: string, sentence: string | RegExp): Promise<void> => {
    await person.page.getByRole("button", { name: "Open an invite link" }).first().click();
    const field = person.page.getByRole("textbox").last();
    await field.fill(text);
    await field.press("Enter");
    await expect(person.page.getByText(sentence)).toBeVisible();
    await person.page.keyboard.press("Escape");
  };
  await open(ann, link, say.inviteFault("own"));
  await open(ann, link.slice(0, -30), say.inviteFault("malformed"));
  await open(ann, "x".repeat(100_000), say.inviteFault("malformed"));

  const ben = await Person.open(await newProfile("Ben"), link);
  await ben.begin();
  await ben.answer("first");
  const cleo = await Person.open(await newProfile("Cleo"), relay.url);
  await cleo.begin();
  await ann.accept("Ben");
  await expect(ben.page.getByText(say.isPending)).toBeHidden();
  await open(cleo, link, say.inviteFault("used"));
});
