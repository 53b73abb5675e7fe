/**
 * A thousand texts that waited for two days, over a real network of this machine: nine bootstrap processes, Ada and Ben as
 * chats over nodes in this one. Ada writes 500 texts on one day and 500 on the next; Ben comes back on the second. Between
 * the days all clocks are moved by 24 hours, by stopping every process and starting it again on its data.
 */
import { systemClock } from "#adapters/clock.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import { nobleCrypto } from "#adapters/noble.ts";
import { systemRandom } from "#adapters/random.ts";
import { SliceSolver } from "#adapters/slices.ts";
import { WebSocketDialer } from "#adapters/websocket.ts";
import { Chat } from "#chat/driver/chat.ts";
import { PARCELS } from "#chat/driver/records.ts";
import type { Node } from "#node/api.ts";
import { createNode } from "#node/node.ts";
import { core, NETWORK } from "../relay/client.ts";
import { cleanUp, type Running, start } from "../relay/process.ts";
import type { Metrics, Say } from "./figures.ts";
import { pause, settled, until } from "./network.ts";

const TEXTS_A_DAY = 500;
const DAYS = 2;
const DAY_MS = 86_400_000;
const NODES = 9;
const LIMIT_MS = 300_000;

/** Two disks that outlive the days. */
class Person {
  readonly name: string;
  readonly #disks = { node: new Map<string, Uint8Array>(), chat: new Map<string, Uint8Array>() };
  chat!: Chat;
  node!: Node;

  constructor(name: string) {
    this.name = name;
  }

  /** Node and chat run, and know the network; they do not know of each other yet. */
  async start(relay: Running, wallOffset: number): Promise<void> {
    const clock = systemClock(wallOffset);
    const log = { event: () => undefined };
    this.chat = await Chat.open({
      core,
      crypto: nobleCrypto,
      random: systemRandom,
      clock,
      log,
      network: NETWORK.name,
      vault: new MemoryStore(this.#disks.chat),
      changed: () => undefined,
    });
    await this.chat.createIdentity(this.name);
    this.node = await createNode({
      network: NETWORK,
      ports: {
        clock,
        random: systemRandom,
        core,
        storage: new MemoryStore(this.#disks.node),
        solver: new SliceSolver(core, setImmediate),
        log,
      },
      transports: [new WebSocketDialer()],
      store: false,
      bootstrap: [relay.url.replace(/^http/, "ws")],
      onToken: (peer, token) => this.chat.acceptToken(peer, token),
    });
    await settled(this.node, NODES);
  }
  attach(): void {
    this.chat.attach(this.node);
  }
  /** Cells that the outbox made and nobody acknowledged yet. */
  get cells(): number {
    return [...this.#disks.chat.keys()].filter((key) => key.startsWith(PARCELS)).length;
  }
  async close(): Promise<void> {
    await this.chat.close();
    await this.node.close();
  }
  /** Texts of the other in the first chat. */
  async received(): Promise<number> {
    const chat = this.chat.chats[0];
    if (chat === undefined || chat.unread < DAYS * TEXTS_A_DAY) return chat?.unread ?? 0;
    const texts = await this.chat.page(chat.id, Number.MAX_SAFE_INTEGER, 2 * DAYS * TEXTS_A_DAY);
    return texts.filter(({ mine, text }) => !mine && text.startsWith("text ")).length;
  }
}

/** Ms from the start of the pull until all thousand texts can be read, and into how many cells the outbox had put them. */
export async function pullMetrics(say: Say): Promise<Metrics> {
  try {
    let relay = await start(["--peers", "8"]);
    const [ada, ben] = [new Person("Ada"), new Person("Ben")];
    await Promise.all([ada.start(relay, 0), ben.start(relay, 0)]);
    await meet(ada, ben);
    await ben.close();
    say("the two have met");
    for (let day = 0; day < DAYS; day++) {
      const offset = day * DAY_MS;
      if (day > 0) {
        await ada.close();
        relay = await again(relay, offset);
        await ada.start(relay, offset);
        ada.attach();
      }
      await write(ada, day);
      say(`day ${day + 1}: ${TEXTS_A_DAY} texts are stored`);
    }
    const { cells } = ada;
    await ada.close();
    await ben.start(relay, (DAYS - 1) * DAY_MS);
    say("the pull begins");
    const asks = ben.node.stats().counters["asks"] ?? 0;
    const started = performance.now();
    ben.attach();
    await until(async () => (await ben.received()) >= DAYS * TEXTS_A_DAY, "all texts are read", LIMIT_MS);
    const ms = performance.now() - started;
    const asked = (ben.node.stats().counters["asks"] ?? 0) - asks;
    await ben.close();
    return { pull_1000_ms: ms, pull_1000_cells: cells, pull_1000_asks: asked };
  } finally {
    await cleanUp();
  }
}

/** All processes again, on the same ports and data, with clocks that are `offset` ahead. */
async function again(relay: Running, offset: number): Promise<Running> {
  await relay.stop();
  const args = ["--peers", "8", "--port", new URL(relay.url).port, "--data", relay.data];
  return start(args, { NODUS_UNSAFE_TESTING: JSON.stringify({ wallOffset: offset }) });
}

/** `ada` invites, `ben` answers, `ada` accepts. */
async function meet(ada: Person, ben: Person): Promise<void> {
  ada.attach();
  ben.attach();
  const id = await ada.chat.createInvite();
  const invite = () => ada.chat.invites.find((state) => state.id === id);
  await until(() => (invite()?.held ?? 0) > 0, "the invite is kept", LIMIT_MS);
  const state = invite();
  if (state === undefined) throw new Error("the invite is gone");
  const looked = await ben.chat.lookUp(ada.chat.invitePayload(state));
  if (looked.kind !== "found") throw new Error(`the invite was not found: ${looked.fault}`);
  await ben.chat.answer(looked, "hello");
  await until(() => ada.chat.chats.length > 0, "the answer came", LIMIT_MS);
  await ada.chat.acceptRequest(ada.chat.chats[0]?.id ?? "");
  await until(() => ben.chat.chats[0]?.contact.phase === "open", "the chat is open", LIMIT_MS);
}

/** One text after the other, as fast as they become durable; until all are stored. */
async function write(ada: Person, day: number): Promise<void> {
  const chat = ada.chat.chats[0]?.id ?? "";
  for (let at = 0; at < TEXTS_A_DAY; at++) {
    await ada.chat.write(chat, `text ${day * TEXTS_A_DAY + at}: neither short nor long, as people write them.`);
  }
  await until(
    async () => {
      await pause(500);
      const texts = await ada.chat.page(chat, Number.MAX_SAFE_INTEGER, TEXTS_A_DAY);
      return texts.filter(({ delivery }) => delivery?.kind === "stored").length >= TEXTS_A_DAY;
    },
    "all texts are stored",
    LIMIT_MS,
  );
}
