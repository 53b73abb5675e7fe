/**
 * Figures of the end-to-end code in Node, with the post-quantum library in the same thread: medians, warm. `npm run
 * bench` prints them; nothing here passes or fails.
 */
import { readFileSync } from "node:fs";
import { coreOf } from "#adapters/core.ts";
import { nobleCrypto } from "#adapters/noble.ts";
import { systemRandom } from "#adapters/random.ts";
import { openBundle } from "#chat/bundle.ts";
import { signCard } from "#chat/card.ts";
import { unitOf } from "#chat/clock.ts";
import type { Context } from "#chat/context.ts";
import type { Result } from "#chat/errors.ts";
import { openFirstContact, sealFirstContact } from "#chat/firstcontact.ts";
import { identityFrom, newEntropy } from "#chat/identity.ts";
import { linkOf, newInvite, receiverOf, withBundle } from "#chat/invite.ts";
import { messageId } from "#chat/items.ts";
import { newPrekeys } from "#chat/prekey.ts";

const WARM = 5; // runs that are not counted
const RUNS = 41; // odd, so that the median is one of them

export async function chatMetrics(): Promise<Record<string, number>> {
  const core = coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));
  const context: Context = { core, crypto: nobleCrypto, random: systemRandom, network: core.network("nodus/1/bench") };
  const now = Date.now();
  const [ada, bob] = [await person(context), await person(context)];
  const card = await signCard(context, ada, await newPrekeys(context), { generation: 1, now, stampBits: 22 });
  const fresh = await newInvite(context, { now, end: unitOf(now) + 28, flags: 0 });
  const made = await withBundle(context, ada, fresh, { card, name: "Ada", now });
  if (made === undefined) throw new Error("no bundle was made");
  const receiver = receiverOf(core, made.invite);
  if (receiver === undefined) throw new Error("the invite is over");
  const bundle = good(await openBundle(context, linkOf(ada, made.invite), made.cell, now));
  const target = { ...bundle, id: ada.id };
  const seal = async () => {
    const text = { kind: "text" as const, id: messageId(systemRandom.bytes(16)), sent: now, text: "Hello!" };
    return good(await sealFirstContact(context, bob, target, [text], { now, life: "week" })).cell;
  };
  const { ms: sealMs, made: cells } = await median(seal);
  let next = 0;
  const { ms: openMs } = await median(async () => {
    good(await openFirstContact(context, ada, [receiver], cells[next++] as Uint8Array, now));
  });
  return { first_contact_seal_ms: sealMs, first_contact_open_ms: openMs };
}

const person = (context: Context) => identityFrom(context, newEntropy(context.random));

async function median<T>(run: () => Promise<T>): Promise<{ ms: number; made: T[] }> {
  const made: T[] = [];
  const times: number[] = [];
  for (let at = 0; at < WARM + RUNS; at++) {
    const started = performance.now();
    made.push(await run());
    if (at >= WARM) times.push(performance.now() - started);
  }
  return { ms: times.sort((a, b) => a - b)[RUNS >> 1] as number, made };
}

function good<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused: ${result.error}`);
  return result.value;
}
