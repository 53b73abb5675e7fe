/** A person in a simulated network: a real node, a real chat, and a disk that outlives both. */
import { SeededRandom } from "#adapters/memory-random.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import type { Member, Testnet } from "#adapters/memory-testnet.ts";
import { nobleCrypto } from "#adapters/noble.ts";
import { Chat } from "#chat/driver/chat.ts";
import type { TextRecord } from "#chat/driver/records.ts";
import type { Core } from "#node/ports.ts";

interface Earlier {
  disk?: Map<string, Uint8Array>;
  offset?: number;
}

export class Person {
  readonly #net: Testnet;
  readonly #core: Core;
  readonly host: string;
  /** What others see; the host's unless told. */
  readonly name: string;
  readonly #disk: Map<string, Uint8Array>;
  readonly #offset: number;
  #runs = 0;
  chat!: Chat;
  member!: Member;

  /** `disk`: what an earlier life left there. `offset`: ms that the wall clock is off. */
  constructor(net: Testnet, core: Core, host: string, name = host, { disk, offset = 0 }: Earlier = {}) {
    this.#disk = disk ?? new Map();
    this.#offset = offset;
    this.#net = net;
    this.#core = core;
    this.host = host;
    this.name = name;
  }

  /** `words`: on an empty disk, the identity of these instead of a new one. */
  async start(words?: Uint8Array): Promise<Chat> {
    const holder: { chat?: Chat } = {};
    this.member = this.#net.start(this.host, {
      offset: this.#offset,
      node: { onToken: (peer, token) => holder.chat?.acceptToken(peer, token) ?? false },
    });
    const chat = await Chat.open({
      core: this.#core,
      crypto: nobleCrypto,
      random: new SeededRandom(`${this.host}/${++this.#runs}`),
      clock: this.member.clock,
      log: { event: () => undefined },
      network: "nodus/1/test",
      vault: new MemoryStore(this.#disk),
      changed: () => undefined,
    });
    holder.chat = chat;
    this.chat = chat;
    if (words === undefined) await chat.createIdentity(this.name);
    else await chat.restore(words, this.name);
    const node = await this.#net.clock.wait(this.member.started);
    chat.attach(node);
    await this.#net.clock.until(() => node.online(), 60_000);
    return chat;
  }

  async close(): Promise<void> {
    await this.#net.clock.wait(this.chat.close());
    await this.#net.clock.wait(this.#net.leave(this.host));
  }

  texts(chat: string): Promise<TextRecord[]> {
    return this.#net.clock.wait(this.chat.page(chat, Number.MAX_SAFE_INTEGER, 10_000));
  }
  async words(chat: string): Promise<string[]> {
    return (await this.texts(chat)).map(({ text }) => text);
  }
}

/** `a` invites, `b` answers, `a` accepts. */
export async function meet(net: Testnet, a: Person, b: Person): Promise<{ atA: string; atB: string }> {
  const before = a.chat.chats.length;
  const id = await net.clock.wait(a.chat.createInvite());
  const ready = () => (a.chat.invites.find((it) => it.id === id)?.held ?? 0) > 0;
  if (!(await net.clock.until(ready, 60_000))) throw new Error("the invite found no holder");
  const state = a.chat.invites.find((it) => it.id === id);
  const looked = state && (await net.clock.wait(b.chat.lookUp(a.chat.invitePayload(state))));
  if (looked?.kind !== "found") throw new Error(`the invite was not found: ${JSON.stringify(looked)}`);
  const atB = await net.clock.wait(b.chat.answer(looked, `hello from ${b.name}`));
  if (!(await net.clock.until(() => a.chat.chats.length > before, 60_000))) throw new Error("no request came");
  const atA = a.chat.chats.at(-1)?.id ?? "";
  await net.clock.wait(a.chat.acceptRequest(atA));
  const open = () => b.chat.chats.find((chat) => chat.id === atB)?.contact.phase === "open";
  if (!(await net.clock.until(open, 120_000))) throw new Error("the request was not accepted");
  return { atA, atB };
}
