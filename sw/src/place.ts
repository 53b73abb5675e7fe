/**
 * What a run of the worker is made of: the adapters of a service worker, chat and node (composition). A service worker
 * can start no workers, so arithmetic and proof of work run here, and it has no carrier but WebSocket.
 */
import { systemClock } from "#adapters/clock.ts";
import { coreOf } from "#adapters/core.ts";
import { IdbStore } from "#adapters/idb.ts";
import { IdbDisk } from "#adapters/idb-disk.ts";
import { Leadership } from "#adapters/locks.ts";
import { consoleLog } from "#adapters/log.ts";
import { nobleCrypto } from "#adapters/noble.ts";
import { systemRandom } from "#adapters/random.ts";
import { Rest } from "#adapters/rest.ts";
import { SliceSolver } from "#adapters/slices.ts";
import { runsSoon } from "#adapters/soon.ts";
import { WebSocketDialer } from "#adapters/websocket.ts";
import type { HostNetwork } from "#adapters/well-known.ts";
import { type Arrived, Chat } from "#chat/driver/chat.ts";
import type { Leader } from "#chat/ports.ts";
import type { Node } from "#node/api.ts";
import { PHONE } from "#node/limits.ts";
import { createNode } from "#node/node.ts";
import type { Core } from "#node/ports.ts";
import wasmUrl from "../../core-wasm/pkg/nodus_core_bg.wasm?url";
import type { Place, Visit } from "./pull.ts";

/** What the person chose, and the sum of what is unread, when it is asked for. */
export interface Person {
  prefs: { notices: boolean; noticeContent: boolean };
  unread: number;
}
export interface Hands {
  /** The file of the shell with this address. */
  file(url: string): Promise<Response>;
  arrived(news: readonly Arrived[], person: Person): void;
  /** Before the end: what stands unread now. */
  left(person: Person): Promise<void>;
}

/** Where the page puts the key that it solves for this worker. */
const LEAF_KEY = "leaf/keys";
/** Enough for an asking neighbour outside of a box's holders; a run lasts seconds. Tier 3. */
const LINKS = { linksWanted: 4, linksMax: 8 };

/** `patience`: ms to wait for a page that leads and is about to go. */
export function placeOf(network: HostNetwork, hands: Hands, patience: number): Place {
  const { name } = network;
  const rest = new Rest(new IdbDisk(), name);
  const storage = new IdbStore(`${name}/node`);
  const leadership = new Leadership(name, (leads) => rest.raise(leads), true);
  return {
    prepared: async () => (await storage.load(LEAF_KEY)) !== undefined,
    lead: (stop) => leadWithin(leadership, patience, stop),
    async visit(epoch) {
      const [core, vault] = await Promise.all([loadCore(hands), rest.open(epoch)]);
      if (vault === undefined) return undefined; // there is no time here to move what an older version stored
      const chat = await Chat.open({
        core,
        crypto: nobleCrypto,
        random: systemRandom,
        clock: systemClock(),
        log: consoleLog,
        network: name,
        vault,
        changed: () => undefined,
        leaf: true,
        arrived: (news) => hands.arrived(news, personOf(chat)),
      });
      if (chat.me !== undefined) return visitOf(chat, core, network, storage, hands);
      await chat.close();
      return undefined;
    },
    async close() {
      await Promise.all([rest.close(), storage.close()]);
    },
  };
}

async function leadWithin(leadership: Leadership, patience: number, stop: AbortSignal): Promise<Leader | "held"> {
  const leader = await leadership.acquire();
  if (leader !== "held" || patience === 0) return leader;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(patience)]);
  try {
    return await leadership.whenFree(signal);
  } catch (error) {
    if (signal.aborted) return "held";
    throw error;
  }
}

async function visitOf(chat: Chat, core: Core, network: HostNetwork, storage: IdbStore, hands: Hands): Promise<Visit> {
  const { name, bits, loopbackExempt, bootstrap } = network;
  const node = await createNode({
    network: { name, bits, loopbackExempt },
    ports: {
      clock: systemClock(),
      random: systemRandom,
      core,
      storage,
      // Between two slices of a search the worker has to hear its events.
      solver: new SliceSolver(core, runsSoon()),
      log: consoleLog,
    },
    transports: [new WebSocketDialer()],
    store: false,
    leaf: true,
    bootstrap,
    limits: { ...PHONE, ...LINKS },
  });
  chat.attach(node);
  return {
    async catchUp() {
      await linked(node);
      return chat.catchUp();
    },
    async close() {
      await chat.close();
      await node.close();
      await hands.left(personOf(chat));
    },
  };
}

/** A leaf has no links to wait for but the first: each neighbour can ask every holder. */
function linked(node: Node): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!node.online()) return;
      end();
      resolve();
    };
    const end = node.on("links", look);
    look();
  });
}

function personOf(chat: Chat): Person {
  const { notices, noticeContent } = chat.prefs;
  return { prefs: { notices, noticeContent }, unread: chat.unread };
}

let loading: Promise<Core> | undefined;
function loadCore(hands: Hands): Promise<Core> {
  loading ??= hands
    .file(wasmUrl)
    .then((response) => response.arrayBuffer())
    .then(async (bytes) => coreOf(await WebAssembly.compile(bytes)));
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}
