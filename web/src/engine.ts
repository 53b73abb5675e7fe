/**
 * The second half of the composition root, loaded after the first paint: makes the adapters and hands them to chat and
 * node. main.ts is the first half.
 */
import { systemClock } from "#adapters/clock.ts";
import { coreOf } from "#adapters/core.ts";
import { IdbStore } from "#adapters/idb.ts";
import { IdbDisk } from "#adapters/idb-disk.ts";
import { Leadership } from "#adapters/locks.ts";
import { consoleLog } from "#adapters/log.ts";
import { WorkerCrypto } from "#adapters/pq.ts";
import { systemRandom } from "#adapters/random.ts";
import { Rest } from "#adapters/rest.ts";
import { WorkerSolver } from "#adapters/solver.ts";
import { scriptUrl } from "#adapters/trusted.ts";
import { WebRtc } from "#adapters/webrtc.ts";
import { WebSocketDialer } from "#adapters/websocket.ts";
import { finishWipe } from "#adapters/wipe.ts";
import type { News } from "#app/notices.ts";
import { expecting } from "#app/told.ts";
import { Chat } from "#chat/driver/chat.ts";
import type { Leader } from "#chat/ports.ts";
import type { Node, UnsafeTesting } from "#node/api.ts";
import { Fault } from "#node/errors.ts";
import { type Limits, PHONE, TAB } from "#node/limits.ts";
import { createNode, prepareKeys } from "#node/node.ts";
import type { Core } from "#node/ports.ts";
import wasmUrl from "../../core-wasm/pkg/nodus_core_bg.wasm?url";
import { type HostNetwork, hostNetwork } from "./network.ts";
import powUrl from "./workers/pow.ts?worker&url";
import pqUrl from "./workers/pq.ts?worker&url";

/** Levers of the browser tests; set on globalThis before the app starts. */
export interface Testing extends UnsafeTesting {
  /** ms added to the wall clock. */
  wallOffset?: number;
  limits?: Partial<Limits>;
}

export class Engine {
  readonly #testing: Testing;
  readonly #leadership: Leadership;
  readonly #rest: Rest;
  readonly #network: HostNetwork;
  readonly #storage: IdbStore;
  readonly #crypto = new WorkerCrypto(new Worker(scriptUrl(pqUrl), { type: "module" }));
  readonly #solver = new WorkerSolver(new Worker(scriptUrl(powUrl), { type: "module" }));
  readonly #core: Promise<Core>;
  #leader: Leader | undefined;

  private constructor(network: HostNetwork, core: Promise<Core>, testing: Testing) {
    this.#network = network;
    this.#core = core;
    this.#testing = testing;
    this.#rest = new Rest(new IdbDisk(), network.name);
    this.#storage = new IdbStore(`${network.name}/node`);
    this.#leadership = new Leadership(network.name, (leads) => this.#rest.raise(leads));
  }

  static async load(testing: Testing): Promise<Engine> {
    const core = loadCore(); // comes while the network is being asked for and the profile is taken
    core.catch(() => undefined); // told to whoever needs it
    await finishWipe().catch(expecting("wipe", "busy")); // another tab holds what is left: at the next start
    return new Engine(await hostNetwork(), core, testing);
  }

  /** Leads the profile under the epoch that is returned; "held" where another tab does and it was asked for at once. */
  async lead(how: "now" | "wait" | "steal", stop: AbortSignal, lost: () => void): Promise<number | "held"> {
    const leadership = this.#leadership;
    const leader = await (how === "now"
      ? leadership.acquire()
      : how === "wait"
        ? leadership.whenFree(stop)
        : leadership.steal());
    if (leader === "held") return leader;
    this.#leader = leader;
    void leader.lost.then(() => {
      if (this.#leader === leader) lost();
    });
    return leader.epoch;
  }
  /** Lets another tab lead. */
  async release(): Promise<void> {
    const leader = this.#leader;
    this.#leader = undefined;
    await leader?.release();
  }

  /** Nothing reads or writes here from now on, whatever is still under way. */
  async closeDisk(): Promise<void> {
    await Promise.all([this.#rest.close(), this.#storage.close()]);
  }

  async openChat(
    changed: () => void,
    arrived: (news: readonly News[]) => void,
    moving: (part: number) => void,
  ): Promise<Chat> {
    const [core, vault] = await Promise.all([this.#core, this.#rest.open(this.#leader?.epoch ?? 0, moving)]);
    if (vault === undefined) throw new Fault("storage-broken", "What an older version stored was not moved.");
    const clock = systemClock(this.#testing.wallOffset);
    return Chat.open({
      core,
      crypto: this.#crypto,
      random: systemRandom,
      clock,
      log: consoleLog,
      network: this.#network.name,
      vault,
      changed,
      arrived,
    });
  }

  /** Solves keys that are needed later, and keeps them. */
  async prepareKeys(next: boolean): Promise<void> {
    const { name, bits, loopbackExempt } = this.#network;
    const ports = { random: systemRandom, core: await this.#core, storage: this.#storage, solver: this.#solver };
    for (const which of next ? (["next", "leaf"] as const) : (["leaf"] as const)) {
      await prepareKeys({ network: { name, bits, loopbackExempt }, ports, which });
    }
  }

  async startNode(chat: Chat, work: (tried: number, expected: number) => void): Promise<Node> {
    const { name, bits, loopbackExempt, bootstrap } = this.#network;
    const { limits, wallOffset: _wallOffset, ...levers } = this.#testing;
    return createNode({
      network: { name, bits, loopbackExempt },
      ports: {
        clock: systemClock(this.#testing.wallOffset),
        random: systemRandom,
        core: await this.#core,
        storage: this.#storage,
        solver: this.#solver,
        log: consoleLog,
      },
      transports: [new WebSocketDialer()],
      rtc: new WebRtc(),
      store: true,
      bootstrap,
      onWork: (tried) => work(tried, 2 ** bits),
      onToken: (peer, token) => chat.acceptToken(peer, token),
      limits: { ...(isPhone() ? PHONE : TAB), ...limits },
      unsafeTesting: levers,
    });
  }
}

async function loadCore(): Promise<Core> {
  return coreOf(await WebAssembly.compileStreaming(fetch(wasmUrl)));
}

/** A phone carries fewer links: each costs it battery and memory. */
function isPhone(): boolean {
  return matchMedia("(pointer: coarse) and (max-width: 900px)").matches;
}
