/** A node of a large network for pictures and tests: many links of every kind, neighbours that crowd, contacts. */
import type { ChatView, LinkView, NodeView } from "#app/api.ts";

const HOUR = 3_600_000;
/** Ids spread over the whole ring without any randomness: multiples of the golden ratio. */
const spreadId = (index: number): string => {
  const place = Math.floor(((index * 0.618_033_988_75) % 1) * 2 ** 48);
  return place
    .toString(16)
    .padStart(12, "0")
    .padEnd(64, String(index % 10));
};

/** Those with a link of their own there. */
export const linked = (chats: readonly ChatView[]): ChatView[] =>
  chats.map((chat, index) => ({ ...chat, direct: [0, 2, 4].includes(index) }));

/** `node` with 4 anchors, 6 siblings beside it, 14 others of which one is relayed, and three contacts among them. */
export function crowded(node: NodeView, chats: readonly ChatView[]): NodeView {
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
