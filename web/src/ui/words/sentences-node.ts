/** The sentences of the page about the own node. Rules as in sentences.ts. */
import { catalogue } from "../kit/catalogue.ts";
import { integer, plural } from "../kit/format.ts";

const own = (text: string): string => `\u2068${text}\u2069`;

/** How a link is carried, as far as the picture tells it apart. */
export type Kind = "direct" | "anchor" | "relayed";
export type Cap = "linksMax" | "storeBytes" | "bytesPerSecond";

const GROUPS: Readonly<Record<string, string>> = {
  dropped: "Dropped",
  refused: "Refused",
  holder: "Mail kept for others",
  mailbox: "Own mail",
  storage: "Storage",
  chat: "Chats",
};
const COUNTERS: Readonly<Record<string, string>> = {
  forwarded: "messages passed on",
  asks: "requests made for others",
  lookups: "lookups",
  noRoute: "no route",
  unsent: "link was too slow",
  overrun: "too much at once",
  unread: "could not be read",
  corrupt: "damaged, and dropped",
  expired: "past their time",
  notified: "notifications shown",
  deleted: "deleted by their owners",
  full: "no room left",
  stored: "taken in",
  foreign: "answers to nobody’s question",
  broken: "faults",
};
const CARRIERS: Readonly<Record<string, string>> = {
  webrtc: "WebRTC, direct",
  websocket: "WebSocket",
  webtransport: "WebTransport",
  relayed: "Relayed",
  memory: "In this page",
};
const KINDS: Record<Kind, string> = {
  direct: "Direct, to another browser",
  anchor: "To an anchor",
  relayed: "Relayed by another node",
};
const CAPS: Record<Cap, string> = {
  linksMax: "Links at once",
  storeBytes: "Room for others’ sealed messages",
  bytesPerSecond: "Speed of each link",
};
const CAP_HINTS: Record<Cap, string> = {
  linksMax: "Fewer links cost less battery; others reach you over more steps.",
  storeBytes: "What is kept already stays until its time is over; only new messages are refused.",
  bytesPerSecond: "What another node sends faster than this is not taken; texts to you may take longer then.",
};
/** `noRoute` → "no route": a counter without words of its own still reads. */
const spaced = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

export const note = catalogue({
  title: "My node",
  intro: "This tab is a full node: it passes messages on and keeps sealed mail for others, as others do for you.",
  nodeId: "Node",
  fewAnchors: "Few always-on nodes (anchors): they hold most mail.",
  yes: "Yes",
  no: "No: there is no room",
  noPaused: "No: paused",

  // Picture
  mapTitle: "The network around you",
  map: (links: number, anchors: number, relayed: number, cells: number) =>
    `Ring of all node ids with your node at the top: ${plural(links, "# link", "# links")}, ` +
    `${integer(anchors)} of them to anchors and ${integer(relayed)} relayed. ` +
    `${plural(cells, "# sealed message is", "# sealed messages are")} kept here for others.`,
  you: "You",
  legend: "Legend",
  kind: (kind: Kind) => KINDS[kind],
  contactDot: "A contact’s node",
  keptBars: "Sealed messages kept here, by their place",
  keptMost: (most: number) =>
    `Sealed messages kept here, by their place; the longest bar: ${plural(most, "# message", "# messages")}`,
  spread: "The ring holds all possible ids, clockwise from yours. Dots that would overlap are moved apart.",
  dots: "Links around the ring",
  dot: (name: string, kind: Kind, trip: string) => `${own(name)}: ${KINDS[kind]}. Round trip: ${trip}`,
  contactName: (name: string) => own(name),
  pickHint: "Choose a dot on the ring to see that node here.",

  // Numbers
  forOthers: "For others",
  forYou: "For you",
  thisNode: "This node",
  links: "Links",
  carriedFrames: "Messages passed on",
  carriedBytes: "Bytes passed on",
  cellsKept: "Sealed messages kept for others",
  bytesKept: "Space they take",
  storing: "Keeps mail for others",
  lookups: "Lookups",
  received: "Received over present links",
  sent: "Sent over present links",
  uptime: "Up for",
  knownPeers: "Nodes known",
  knownAnchors: "Anchors known",

  // Tables
  linksTitle: "Links to other nodes",
  noLinks: "There is no link at the moment.",
  peer: "Node",
  carrier: "Carrier",
  role: "Kind",
  age: "Age",
  roundTrip: "Round trip",
  bytesIn: "Received",
  bytesOut: "Sent",
  anchor: "Anchor",
  sibling: "Neighbour",
  contact: "Contact",
  ordinary: "Node",
  unknown: "Not known yet",
  carrierName: (carrier: string) => CARRIERS[carrier] ?? carrier,
  contactsTitle: "How your contacts are reached",
  contactsHint: "Without a direct link your messages wait in mailboxes on other nodes.",
  noContacts: "You have no contacts yet.",
  name: "Contact",
  way: "Way",
  through: "Link",
  directWay: "Directly",
  relayedWay: "Relayed by another node",
  mailboxWay: "By mailbox",
  noLink: "None",
  countersTitle: "Counters since the start",
  noCounters: "Nothing was counted yet.",
  general: "General",
  counterGroup: (group: string) => GROUPS[group] ?? spaced(group),
  counter: (name: string) => COUNTERS[name] ?? spaced(name),

  // Pause and caps
  allowTitle: "What you allow",
  pause: "Pause",
  pauseHint: "Carry and keep nothing for others. Your own messages go on.",
  paused: "Paused: this node carries nothing for others and takes no more of their mail.",
  pausedMeaning:
    "Paused, it keeps three links beside those to your contacts, and still gives out what it holds already. Other nodes go on doing all of this for you; the more of them pause, the less safe is mail.",
  cap: (cap: Cap) => CAPS[cap],
  capHint: (cap: Cap) => CAP_HINTS[cap],
  /** The default of the device. */
  byDefault: "As it suits this device",
  perSecond: (size: string) => `${size} a second`,
  nowLimit: (limit: string) => `Now: ${limit}`,
  working: "Being changed…",
  refused: "That could not be changed. All is as before; try again.",
});
