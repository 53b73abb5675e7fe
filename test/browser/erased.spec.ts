/**
 * Erased means erased: the folder of a real profile is copied and read with every key that lies in it. First as long as
 * nothing was erased, so that it is known that the reading reads.
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { decodeChat, decodeInviteState, decodeMe } from "../../web/src/chat/driver/codec.ts";
import { unpack } from "../../web/src/chat/driver/json.ts";
import type { TextRecord } from "../../web/src/chat/driver/records.ts";
import { say } from "../../web/src/ui/words/sentences.ts";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import { core } from "../chat/support.ts";
import { cleanUp, start } from "../relay/process.ts";
import { filesWith, type Read, readProfile } from "./forensic/profile.ts";
import { endMortals, type Mortal, openMortal } from "./mortal.ts";
import { newProfile, Person, type Profile, sayGoodbye } from "./people.ts";

const copies: string[] = [];
test.afterEach(async () => {
  endMortals();
  await sayGoodbye();
  await cleanUp();
  for (const copy of copies.splice(0)) await rm(copy, { recursive: true, force: true });
});

/** What a thief has of a browser that was switched off in this moment. */
async function steal(profile: Profile, mortal: Mortal): Promise<string> {
  await mortal.kill();
  const copy = await mkdtemp(join(tmpdir(), "nodus-copy-"));
  copies.push(copy);
  await cp(profile.folder, copy, { recursive: true });
  return copy;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
/** What was found, each once, in hex. */
interface Secrets {
  entropy: Set<string>;
  /** Chain keys of sessions. */
  chains: Set<string>;
  /** Secrets of open invites. */
  invites: Set<string>;
  prekeys: Set<string>;
  texts: Set<string>;
}
function secretsIn({ opened }: Read): Secrets {
  const found: Secrets = {
    entropy: new Set(),
    chains: new Set(),
    invites: new Set(),
    prekeys: new Set(),
    texts: new Set(),
  };
  for (const { key, value } of opened) {
    if (key === "me") {
      const me = decodeMe(core, value);
      if (me?.entropy !== undefined) found.entropy.add(hex(me.entropy));
      if (me?.card !== undefined) found.prekeys.add(hex(me.card.prekeys.x25519Secret));
    } else if (key.startsWith("chat/")) {
      for (const { session } of decodeChat(core, value)?.pairs ?? []) {
        for (const chain of [session.sending, session.receiving]) found.chains.add(hex(chain.key));
      }
    } else if (key.startsWith("invite/")) {
      const invite = decodeInviteState(core, value)?.invite;
      if (invite?.phase === "open") found.invites.add(hex(invite.secret));
    } else if (key.startsWith("text/")) {
      const text = unpack<TextRecord>(core, value);
      if (text !== undefined) found.texts.add(text.text);
    }
  }
  return found;
}
const both = (before: Set<string>, after: Set<string>): number => [...before].filter((each) => after.has(each)).length;

test("the 24 words, old steps of sessions and an invite's keys cannot be read from a copied profile once erased", async () => {
  const relay = await start(["--peers", "4"]);
  const profile = await newProfile("Ann");
  let mortal = await openMortal(profile, relay.url);
  await mortal.person.begin();
  const words = await mortal.person.takeWords();
  const benProfile = await newProfile("Ben");
  const ben = await mortal.person.befriend((link) => Person.open(benProfile, link));
  for (let at = 0; at < 10; at++) {
    await mortal.person.write(`mine ${at}`);
    await ben.write(`theirs ${at}`);
    await expect(mortal.person.message(`theirs ${at}`)).toBeVisible();
  }

  const before = readProfile(await steal(profile, mortal));
  const had = secretsIn(before);
  // The reading reads: all that stands there, and what was overwritten.
  expect(had.entropy.size).toBe(1);
  expect(had.chains.size).toBeGreaterThan(10);
  expect(had.texts.size).toBeGreaterThan(20);

  mortal = await openMortal(profile, relay.url);
  const { page } = mortal.person;
  await page.getByRole("button", { name: say.settings, exact: true }).click();
  await page.locator("nodus-settings").getByRole("button", { name: mine.showWords }).click();
  await page.getByRole("button", { name: keep.reveal, exact: true }).click();
  await page.getByRole("button", { name: keep.haveThem, exact: true }).click();
  await page.getByRole("textbox", { name: keep.proofField }).fill(words);
  await page.getByRole("button", { name: keep.confirm, exact: true }).click();
  await expect(page.getByText(keep.confirmed)).toBeVisible();

  const copy = await steal(profile, mortal);
  const after = readProfile(copy);
  const has = secretsIn(after);
  const told = {
    files: after.files,
    keys: after.keys.length,
    sealed: after.sealed,
    opened: after.opened.length,
    entropy: both(had.entropy, has.entropy),
    chains: `${both(had.chains, has.chains)} of ${had.chains.size}`,
    invites: both(had.invites, has.invites),
  };
  console.log("erased:", JSON.stringify(told));
  expect(has.entropy.size).toBe(0);
  for (const entropy of had.entropy) expect(filesWith(copy, Buffer.from(entropy, "hex"))).toEqual([]);
  expect(both(had.chains, has.chains)).toBeLessThanOrEqual(2); // where both chains stand
  expect(has.invites.size).toBe(0);
  expect(has.texts.size).toBe(had.texts.size);
  expect(ben.faults).toEqual([]);
});

test("what is typed stands in no file of the browser as it was typed, sent or not", async () => {
  const relay = await start(["--peers", "4"]);
  const profile = await newProfile("Wilhelmina Quackenbush");
  let mortal = await openMortal(profile, relay.url);
  await mortal.person.begin();
  const words = await mortal.person.takeWords();
  const benProfile = await newProfile("Bartholomew");
  const ben = await mortal.person.befriend((link) => Person.open(benProfile, link));
  await mortal.person.write("an unmistakable message");
  await expect(ben.message("an unmistakable message")).toBeVisible();
  const composer = mortal.person.page.getByRole("textbox", { name: say.message });
  await composer.fill("an unmistakable draft");
  await mortal.person.page.waitForTimeout(2_000); // drafts are saved a little later
  await mortal.person.page.reload();
  await expect(composer).toHaveValue("an unmistakable draft");
  await mortal.kill();
  // The words are typed, and the page is left with them in their field.
  mortal = await openMortal(profile, relay.url);
  const { page } = mortal.person;
  await page.getByRole("button", { name: say.settings, exact: true }).click();
  await page.locator("nodus-settings").getByRole("button", { name: mine.showWords }).click();
  await page.getByRole("button", { name: keep.reveal, exact: true }).click();
  await page.getByRole("button", { name: keep.haveThem, exact: true }).click();
  await page.getByRole("textbox", { name: keep.proofField }).fill(words);
  await page.goto(`${relay.url}/readyz`);
  await page.waitForTimeout(3_000); // browsers note their open tabs every 2.5 s
  const copy = await steal(profile, mortal);
  const three = words.split(" ").slice(0, 3).join(" ");
  for (const text of ["Quackenbush", "Bartholomew", "an unmistakable message", "an unmistakable draft", three]) {
    for (const encoding of ["utf8", "utf16le"] as const) {
      expect(filesWith(copy, Buffer.from(text, encoding)), `${text} as ${encoding}`).toEqual([]);
    }
  }
});
