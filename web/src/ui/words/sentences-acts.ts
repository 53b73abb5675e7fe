/** The sentences of what can be done with messages and chats, and of the keyboard. Rules as in sentences.ts. */
import { catalogue } from "../kit/catalogue.ts";
import { who, whom } from "./sentences.ts";

export const acts = catalogue({
  // A message
  more: "More",
  messageMenu: "What to do with this message",
  details: "Details",
  copyText: "Copy text",
  copied: "Copied",
  remove: "Delete",
  undo: "Undo",
  removedQueued: "Deleted. It has not left this device and never will.",
  removedOwn: (name: string) => `Deleted on this device. ${who(name)} keeps what has arrived there.`,
  removedForeign: (name: string) => `Deleted on this device. ${who(name)} keeps it.`,
  storedAt: "Stored",

  emoji: "Emoji",

  // A chat
  chatMenu: "What to do with this chat",
  block: "Block",
  unblock: "Unblock",
  blocked: "Blocked",
  blockedHint: (name: string) => `You have blocked ${whom(name)}. No messages go either way, and they are not told.`,
  deleteChat: "Delete chat",
  deleteChatTitle: (name: string) => `Delete the chat with ${whom(name)}?`,
  deleteChatOwn:
    "All messages of this chat, and the keys to it, are removed from this device. Their last traces are erased within a " +
    "week of use. This cannot be undone.",
  deleteChatTheirs: (name: string) => `${who(name)} is not told, and keeps what has arrived there.`,
  deleteChatQueued: "Messages that still wait here are not sent.",
  deleteChatAgain: (name: string) =>
    `To talk again, one of you has to invite the other. To keep the chat but hear nothing more from ${whom(name)}, block instead.`,
  noSuchChat: "This chat is gone.",

  // The keyboard
  jump: "Jump to a chat",
  jumpHint: "Name of a chat",
  jumpNone: "No chat has this name.",
  shortcuts: "Keyboard",
  keyJump: "Jump to a chat",
  keyNext: "Next chat",
  keyBefore: "Previous chat",
  keyUp: "One level up",
  keyRegions: "Between list, messages and text field",
  keyHelp: "This help",
  keyRows: "Next or previous chat or message",
  keyMenu: "Menu of a message",
  keySend: "Send",
  keyBreak: "Break the line",
  or: "or",
  key: (name: string) => name,
});
