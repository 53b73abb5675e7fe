/** Two profiles of an earlier version in a network of this one: what waited arrives, and they go on. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { coreOf } from "#adapters/core.ts";
import { createTestnet } from "#adapters/memory-testnet.ts";
import { expected, openProfile, VERSIONS } from "../fixtures/open.ts";
import { opened } from "../fixtures/vault.ts";
import { Person } from "./person.ts";

const core = coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Both, so much later than their profiles were taken, in a network of that time that holds nothing of theirs. */
async function wake(version: string, later: number) {
  const [annKept, cleoKept] = [openProfile(version), openProfile(version, "confirmed")];
  const offset = annKept.made + later - Date.UTC(2026, 5, 1);
  const net = await createTestnet({ core, nodes: 12, seed: 7, member: () => ({ offset }) });
  const ann = new Person(net, core, "ann", "Ann", { disk: await opened(annKept), offset });
  const cleo = new Person(net, core, "cleo", "Cleo", { disk: await opened(cleoKept), offset });
  return { net, ann, cleo, offset };
}

describe.each(VERSIONS)("profiles of %s in a network", (version) => {
  test("both open: waiting texts arrive once and in order, and the chat goes on both ways", async () => {
    const { net, ann, cleo } = await wake(version, MINUTE);
    await ann.start();
    await cleo.start();
    const [atAnn, atCleo] = [idOf(ann, "Cleo"), idOf(cleo, "Ann")];
    const all =
      expected(version)
        .chats.find(({ name }) => name === "Cleo")
        ?.texts.map(({ text }) => text) ?? [];
    const arrived = async () => (await cleo.words(atCleo)).length === all.length;
    for (let minutes = 0; minutes < 15 && !(await arrived()); minutes++) await net.clock.advance(MINUTE);
    expect(await cleo.words(atCleo)).toEqual(all);
    await net.clock.wait(cleo.chat.write(atCleo, "so you are there"));
    await net.clock.advance(MINUTE);
    await net.clock.wait(ann.chat.write(atAnn, "still"));
    await net.clock.advance(MINUTE);
    expect(await ann.words(atAnn)).toEqual([...all, "so you are there", "still"]);
    expect(await cleo.words(atCleo)).toEqual([...all, "so you are there", "still"]);
    const states = (await ann.texts(atAnn)).filter(({ mine }) => mine).map(({ delivery }) => delivery?.kind);
    expect(states.filter((kind) => kind !== "delivered" && kind !== "read")).toEqual([]);
  });

  test("the open invite is laid out again after three days and brings somebody, and requests are accepted", async () => {
    const { net, ann, offset } = await wake(version, 3 * DAY);
    await ann.start();
    await net.clock.advance(MINUTE);
    const taken = new Set(ann.chat.chats.map(({ invite }) => invite));
    const open = ann.chat.invites.find(({ id }) => !taken.has(id));
    if (open === undefined) throw new Error("no invite is open");
    const eve = new Person(net, core, "eve", "Eve", { offset });
    await eve.start();
    const looked = await net.clock.wait(eve.chat.lookUp(ann.chat.invitePayload(open)));
    if (looked.kind !== "found") throw new Error(`the invite was not found: ${looked.fault}`);
    expect(looked.name).toBe("Ann");
    await net.clock.wait(eve.chat.answer(looked, "hello from Eve"));
    await net.clock.advance(MINUTE);
    const request = idOf(ann, "Eve");
    expect(await ann.words(request)).toEqual(["hello from Eve"]);
    for (const chat of [request, idOf(ann, "Dan")]) await net.clock.wait(ann.chat.acceptRequest(chat));
    expect(ann.chat.chats.map(({ contact }) => contact.phase)).toEqual(["open", "open", "open", "open"]);
  });
});

function idOf(person: Person, name: string): string {
  const found = person.chat.chats.find(({ contact }) => contact.name === name);
  if (found === undefined) throw new Error(`no chat with ${name}`);
  return found.id;
}
