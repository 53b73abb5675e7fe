/** The sentences of what loads later: sheets and pages. Rules as in sentences.ts. */
import { catalogue } from "../kit/catalogue.ts";
import { integer } from "../kit/format.ts";
import { who } from "./sentences.ts";

export const tell = catalogue({
  // Details of a message
  messageTitle: "Message",
  status: "Status",
  reason: "Reason",
  stored: "Stored",
  copies: "Copies",
  copiesOf: (held: number, of: number) => `${integer(held)} of ${integer(of)}, each on another node`,
  keptUntil: "Kept until",
  sentAt: "Sent",
  arrivedAt: "Arrived here",
  deliveredAt: "Delivered",
  readAt: "Read",
  way: "Route",
  copyText: "Copy text",
  deleteMessage: "Delete",
  deleteQueued: "Delete this message? It has not left this device and never will.",
  deleteSent: (name: string) => `Delete this message on this device? ${who(name)} keeps what has arrived there.`,
  deleteReceived: (name: string) => `Delete this message on this device? ${who(name)} keeps it.`,
  messageGone: "This message was deleted.",
  storedMeaning:
    "Each copy was confirmed with a signature by the node that keeps it. The number can fall when nodes leave; your node checks and tops it up.",

  // Invites
  inviteTitle: "Invite",
  invitesTitle: "Invites",
  inviteIntro: (until: string) => `Send this link to one person. It works once, until ${until}.`,
  preparing: (held: number, of: number) => `Getting ready: ${integer(held)} of ${integer(of)} copies are stored`,
  preparingHint: "You can send it now. It opens as soon as the first copies are stored.",
  ready: (held: number, of: number) => `Ready: ${integer(held)} of ${integer(of)} copies are stored`,
  ends: (at: string) => `Ends ${at}`,
  ended: (at: string) => `Ended ${at}`,
  made: (at: string) => `Made ${at}`,
  link: "Invite link",
  copyLink: "Copy link",
  share: "Share",
  shareText: "Chat with me on Nodus",
  qrLabel: "QR code of the invite link",
  qrHint: "Or let them scan this code.",
  revoke: "Take back",
  revokeAsk: "Take this invite back? The link then works for nobody any more.",
  makingInvite: "Making an invite…",
  inviteGone: "This invite is over.",
  another: "New invite",
  noInvites: "You have no invites.",

  // Opening an invite
  openTitle: "Open an invite",
  pasteLabel: "Invite link",
  pasteHint: "Paste the whole link that you were sent.",
  lookUp: "Look up",
  looking: "Looking up the invite…",
  foundHint: "Your first message goes out with your answer. They see your name with it.",
  firstMessage: "First message",

  // Settings
  settingsTitle: "Settings",
  myName: "My name",
  myNameHint: "Your contacts see it with your next message.",
  save: "Save",
  saved: "Saved",
  myIdentity: "My identity",
  identityHint: "The public name of your keys. It is not secret.",
  nodePage: "What my node does",
  privacyPage: "Who can see what",
  allInvites: "Invites",
  openSource: "Nodus belongs to nobody. MIT licence.",

  // Privacy page
  privacyTitle: "Who can see what",
  privacyIntro: "No node of the network can read your messages. What each can see besides is listed here, whole.",
  holderTitle: "Nodes that keep your mail",
  holder:
    "They learn the address of a mailbox, a key that lasts one day, the size class, the time of expiry to six hours, " +
    "when mail comes and is fetched, and which node asked. They do not learn which node wrote it.",
  askerTitle: "The node that asks for you",
  asker:
    "Your requests go through a neighbour. It learns your node’s id, perhaps your IP address, with which keepers you " +
    "talk, and how often.",
  togetherTitle: "Both together",
  together: "If the node that asks for you and a keeper work together, they learn which node uses which mailbox.",
  forwarderTitle: "Nodes that pass messages on",
  forwarder:
    "They see the ids of the two nodes, sizes and times. When a direct link is arranged, they see that two nodes meet.",
  anchorTitle: "Anchors",
  anchorRole:
    "An anchor sees the IP addresses of its own links, and what any of the roles above shows. With a single anchor it " +
    "is neighbour and keeper at once, and can link both ends of a chat.",
  contactTitle: "Your contacts",
  contact: "They learn your node’s id, and through a direct link your IP address.",
  pushTitle: "Push services",
  push:
    "This version uses none: notifications are made on this device, by this page. A push service would learn when your " +
    "device is woken.",
  hostTitle: "Whoever serves this page",
  host:
    "The host of the app could replace the app, and would then know all. It is trusted like an app store. A new version " +
    "waits until you accept it, and the settings show what yours was built from. To trust nobody, serve the page yourself.",
  neverTitle: "What no node learns",
  never:
    "The content of your messages. Invite links carry their secret behind the #, which browsers send to no server.",
  limitsTitle: "What Nodus does not claim",
  limits:
    "It does not hide you from somebody who watches the whole network, or from neighbours and keepers who work together.",
  hereTitle: "On this device",
  here:
    "Messages, drafts and keys are stored encrypted, with a key that the browser does not give away. Whoever can use this " +
    "browser can read your chats, and so can whoever copies its files. Your 24 words are shown here until you confirm that " +
    "you keep them; then Nodus erases them, with the key that they were stored under. Used keys, and messages that you " +
    "delete, are gone from the app at once and are erased within a week of use. Nodus cannot reach copies that your " +
    "system, a backup or the disk itself may have made.",
});
