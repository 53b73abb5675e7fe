/** The driver's world at its ports: eight holders that keep what the storage layer would keep, links that can be cut, and
 * devices whose disk outlives their process. Checks nothing of signatures: that is the node's part, tested there. */
import { type ClockView, VirtualClock } from "#adapters/memory-clock.ts";
import { SeededRandom } from "#adapters/memory-random.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import { nobleCrypto } from "#adapters/noble.ts";
import { type Arrived, Chat } from "#chat/driver/chat.ts";
import { decodeChat, encodeChat } from "#chat/driver/codec.ts";
import { CHATS } from "#chat/driver/records.ts";
import { skipUnclean } from "#chat/session.ts";
import { Fault } from "#node/errors.ts";
import type { NodeId } from "#node/messages.ts";
import { type Kept, Line, type Network } from "./line.ts";
import { core } from "./support.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export class Office implements Network {
  readonly clock = new VirtualClock(Date.UTC(2026, 6, 10, 13));
  readonly holders = Array.from({ length: 8 }, () => new Map<string, Map<string, Kept>>());
  readonly living = new Set(this.holders.keys());
  readonly posts = new Map<string, Line>();
  links = true;

  device(name: string): Device {
    return new Device(this, name);
  }
  /** Lets time pass only where something waits for it. */
  async settled<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const mark = () => {
      done = true;
    };
    promise.then(mark, mark);
    for (await this.clock.settle(); !done; await this.clock.settle()) await this.clock.step();
    return promise;
  }
  /** What each living holder keeps at each address. */
  boxes(): Map<string, Kept>[] {
    return [...this.living].flatMap((at) => [...(this.holders[at]?.values() ?? [])]);
  }
  /** What living holders keep and nobody has deleted, every copy of it. */
  cells(): Kept[] {
    return this.boxes().flatMap((box) => [...box.values()].filter(({ cell }) => cell !== undefined));
  }
}

interface Start {
  words?: Uint8Array | undefined;
  name?: string;
  leaf?: boolean;
  online?: boolean;
}

/** A profile: its disk stays, its process may come and go. */
export class Device {
  readonly office: Office;
  readonly #name: string;
  readonly disk = new Map<string, Uint8Array>();
  /** How this device reaches its disk. */
  store = (disk: Map<string, Uint8Array>): MemoryStore => new MemoryStore(disk);
  nodeId: NodeId;
  #runs = 0;
  #alive = 0;
  clock: ClockView;
  chat!: Chat;
  line!: Line;
  full = false;
  /** What all runs were told of. */
  readonly arrived: Arrived[] = [];
  /** What all runs said in their log. */
  readonly logged: Record<string, unknown>[] = [];
  /** ms that its wall clock is off. */
  offset = 0;

  constructor(office: Office, name: string) {
    this.office = office;
    this.#name = name;
    this.clock = office.clock.view();
    this.nodeId = core.hash("test-node", core.utf8(name)) as NodeId;
  }

  /** `words`: on an empty disk, the identity of these instead of a new one. `leaf`: as a service worker, under a node id of
   * its own. */
  async start({ words, name = this.#name, leaf = false, online = true }: Start = {}): Promise<Chat> {
    const run = ++this.#runs;
    this.#alive = run;
    this.clock = this.office.clock.view(this.offset);
    const store = this.store(this.disk);
    const save = store.save.bind(store);
    store.save = async (changes) => {
      if (run !== this.#alive) throw new Fault("closed", "This process is gone.");
      if (this.full) throw new Fault("storage-full", "The disk is full.");
      await save(changes);
    };
    const opening = Chat.open({
      core,
      crypto: nobleCrypto,
      random: new SeededRandom(`${this.#name}/${run}`),
      clock: this.clock,
      log: { event: (name, fields = {}) => void this.logged.push({ name, ...fields }) },
      network: "nodus/1/test-driver",
      vault: store,
      ...(leaf ? { leaf } : {}),
      arrived: (news) => this.arrived.push(...news),
      changed: () => undefined,
    });
    this.chat = await this.office.settled(opening);
    const made = words === undefined ? this.chat.createIdentity(name) : this.chat.restore(words, name);
    await this.office.settled(made);
    const nodeId = leaf ? (core.hash("test-leaf", this.nodeId) as NodeId) : this.nodeId;
    this.line = new Line(this.office, this, BigInt(run), nodeId);
    this.chat.attach(this.line);
    if (online) this.line.up(true);
    return this.chat;
  }
  /** While it does not run: its chains move on, as if it had sent 2,016 cells that nobody has. */
  moveOn(): void {
    for (const [key, bytes] of this.disk) {
      const chat = key.startsWith(CHATS) ? decodeChat(core, bytes) : undefined;
      if (chat === undefined) continue;
      const pairs = chat.pairs.map((pair) => {
        let { session } = pair;
        for (let i = 0; i < 63; i++) session = skipUnclean(core, session);
        return { ...pair, session };
      });
      this.disk.set(key, encodeChat(core, { ...chat, pairs }));
    }
  }
  /** The process is gone, without a word. */
  kill(): void {
    this.#alive = 0;
    this.line.gone();
    this.clock.stop();
  }
  async close(): Promise<void> {
    this.line.gone();
    await this.office.settled(this.chat.close());
    this.clock.stop();
  }
}
