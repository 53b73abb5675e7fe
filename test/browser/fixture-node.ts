/** The own node in pictures and tests: small, in a large network with links of every kind, paused, and all alone. */
import type { ChatView, LinkView, NodeView, ReadyState } from "#app/api.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const counters = {
  forwarded: 18_204,
  asks: 312,
  lookups: 87,
  "dropped.noRoute": 4,
  "dropped.unsent": 1,
  "refused.full": 2,
  "holder.stored": 641,
  "holder.expired": 38,
  "holder.deleted": 211,
  "mailbox.foreign": 1,
  "relay.madeUpName": 7,
};
const peer = (digit: string): string => digit.repeat(64);
const node: NodeView = {
  nodeId: "9c41d7e0b25f8a3361c07be8f4d2a95e1b60c3f7a8d94e25706b1fc3e88d0a42",
  uptime: 3 * HOUR + 12 * MINUTE,
  knownPeers: 412,
  knownAnchors: 5,
  fewAnchors: true,
  cellsKept: 1284,
  bytesKept: 5_614_080,
  storing: true,
  keptAt: Array.from({ length: 64 }, (_, slice) => (slice * 37) % 41),
  carried: { frames: 18_204, bytes: 6_114_302 },
  paused: false,
  caps: {},
  limits: { linksMax: 64, storeBytes: 64 * 1024 * 1024, bytesPerSecond: 4 * 1024 * 1024 },
  counters,
  links: [
    {
      peer: peer("3"),
      carrier: "websocket",
      anchor: true,
      sibling: false,
      age: 3 * HOUR,
      roundTrip: 18.4,
      bytesIn: 4_210_322,
      bytesOut: 1_922_014,
    },
    {
      peer: peer("a"),
      carrier: "webrtc",
      anchor: false,
      sibling: true,
      age: 41 * MINUTE,
      roundTrip: 42,
      bytesIn: 310_221,
      bytesOut: 288_410,
    },
    {
      peer: peer("5"),
      carrier: "webrtc",
      anchor: false,
      sibling: false,
      age: 8_000,
      roundTrip: undefined,
      bytesIn: 812,
      bytesOut: 904,
    },
  ],
};

/** Ids spread over the whole ring without any randomness: multiples of the golden ratio. */
const spreadId = (index: number): string => {
  const place = Math.floor(((index * 0.618_033_988_75) % 1) * 2 ** 48);
  return place
    .toString(16)
    .padStart(12, "0")
    .padEnd(64, String(index % 10));
};

/** Those with a link of their own there. */
const linked = (chats: readonly ChatView[]): ChatView[] =>
  chats.map((chat, index) => ({ ...chat, direct: [0, 2, 4].includes(index) }));

/** `node` with 4 anchors, 6 siblings beside it, 14 others of which one is relayed, and three contacts among them. */
function crowded(node: NodeView, chats: readonly ChatView[]): NodeView {
  const [ada, , chi, , rtl] = chats;
  const link = (index: number, more: Partial<LinkView>): LinkView => ({
    peer: spreadId(index),
    carrier: "webrtc",
    anchor: false,
    sibling: false,
    age: index * 0.3 * HOUR,
    roundTrip: 20 + ((index * 17) % 90),
    bytesIn: index * 91_000,
    bytesOut: index * 47_000,
    ...more,
  });
  const beside = (offset: number): string => {
    const place = Number.parseInt(node.nodeId.slice(0, 12), 16) + offset * 2 ** 40;
    return place.toString(16).padEnd(64, "0");
  };
  const links = [
    ...[1, 2, 3, 4].map((index) => link(index, { carrier: "websocket", anchor: true })),
    ...[-3, -2, -1, 1, 2, 3].map((offset, index) => link(5 + index, { peer: beside(offset), sibling: true })),
    ...Array.from({ length: 14 }, (_, index) => link(11 + index, {})),
  ];
  const known: Record<number, Partial<LinkView>> = {
    12: ada ? { chat: ada.id } : {},
    15: chi ? { chat: chi.id, carrier: "relayed" } : {},
    19: rtl ? { chat: rtl.id } : {},
    21: { carrier: "relayed" },
  };
  return { ...node, fewAnchors: false, links: links.map((each, index) => ({ ...each, ...known[index] })) };
}

/** The screens of the node, for the person and the chats of `ready`. */
export function nodeScreens(ready: ReadyState): Record<string, { state: ReadyState; route: { page: "node" } }> {
  const { chats } = ready;
  const links = node.links.map((link, index) => (index === 1 && chats[0] ? { ...link, chat: chats[0].id } : link));
  const screen = (view: NodeView, more: Partial<ReadyState> = {}) => ({
    state: { ...ready, ...more, node: view },
    route: { page: "node" } as const,
  });
  return {
    node: screen({ ...node, links }),
    "node-crowded": screen(crowded(node, chats), { chats: linked(chats) }),
    "node-paused": screen({ ...node, links, paused: true, storing: false, caps: { linksMax: 24, storeBytes: 50e6 } }),
    "node-alone": screen(
      { ...node, links: [], keptAt: node.keptAt.map(() => 0), cellsKept: 0, bytesKept: 0, counters: {} },
      { chats: [] },
    ),
  };
}
