/**
 * The sentences of what loads later about the own identity and the own device: backup, restore, the groups of the
 * settings, deleting everything. Rules as in sentences.ts.
 */
import { catalogue } from "../kit/catalogue.ts";
import { bytes, integer, ordinal, plural } from "../kit/format.ts";

const own = (text: string): string => `\u2068${text}\u2069`;

export const keep = catalogue({
  // Backup
  backupTitle: "Your 24 words",
  backupIntro: "These words are your identity. Write them down, or put them into a password manager.",
  wordsDo: "What they do",
  wordsDoSame: "On any device they make you the same person again, to all your contacts.",
  wordsDoOnly: "They are the only way back if this browser loses its data.",
  wordsNot: "What they do not do",
  wordsNotHistory: "They hold no messages: your chats stay on this device only.",
  wordsNotContacts: "They hold no contacts: whoever writes to you again shows up as a request.",
  wordsSecret: "Whoever has them is you. Show them to nobody, and see that nobody looks on now.",
  reveal: "Reveal the words",
  hide: "Hide",
  wordsLabel: "The 24 words, in order",
  copyWords: "Copy",
  copiedHint: "Other apps can read what was copied. Paste it where it is to stay, then clear it.",
  copyRefused: "This browser did not copy. Select the words and copy them by hand.",
  clearClipboard: "Clear the clipboard",
  clipboardCleared: "The clipboard is empty now.",
  download: "Download",
  print: "Print",
  haveThem: "I have them",
  wordsGone: "Nodus shows the words no more. Use what you have kept.",
  fileTitle: "Nodus: the 24 words of my identity",
  fileHint: "Whoever has these words is me. They restore my identity, not my chats and contacts. To be kept secret.",

  // Proof
  proofIntro: "Show that you have them. Then Nodus erases them here, and nobody can show them to you again.",
  proofField: "Paste or type them here",
  proofOr: "or",
  proofTick: "I keep them in a safe place",
  proofMissing: "Paste all 24 words, or tick the box.",
  proofWrong: "These are 24 good words, but not those of this identity. Compare them with what you kept.",
  confirm: "Confirm and erase here",
  backToWords: "See the words again",
  confirmedTitle: "Your identity is safe",
  confirmed: "Nodus has erased the words from this browser. What you keep is the only copy.",
  erasing:
    "What you keep is the only copy that you can see now. Nodus is still erasing the last traces from this browser; " +
    "it needs some free space for that, and tries again by itself.",
  done: "Done",

  // Words as they are typed
  wordsCount: (count: number) => `${integer(count)} of 24 words`,
  wordsComplete: "All 24 words, and they fit together.",
  wordsChecksum: "All 24 are good words, but they do not fit together: one is another word, or two are swapped.",
  wordsTooMany: (count: number) => `${plural(count - 24, "There is # word", "There are # words")} too many.`,
  wordUnknown: (place: number, word: string) =>
    `The ${ordinal(place)} word, “${own(word)}”, is not in the list of words.`,
  wordOpen: (place: number, word: string) => `The ${ordinal(place)} word, “${own(word)}”, could become several.`,
  wordMeant: "Did you mean",
  wordsRead: "The words as they were read",

  // Restore
  restoreIntro: "With your 24 words you are the same person to your contacts again.",
  restoreField: "Your 24 words",
  restoreFieldHint: "In their order, with spaces or line breaks. The first four letters of each are enough.",
  restoreNot: "What they do not bring back",
  restoreNotHistory: "Your chats: they were on the other device only.",
  restoreNotContacts: "Your contacts: whoever writes to you again shows up as a request.",
  restoreNotBoth: "A device that still has this identity stops sending.",
  restore: "Restore",
  restoring: "Making your keys from the words…",
  restoreFailed: "That did not work. The words are still here; try again.",

  // Settings: backup
  backupGroup: "Backup",
  backupNone: "You have not saved your 24 words yet. Without them nobody can restore your identity, not even you.",
  backupKept: "You have saved your 24 words. Nodus does not keep them any more.",
  backupErasing:
    "You have saved your 24 words. Nodus shows them no more, and is still erasing the last traces from this browser.",
  /** Stored values that cannot be read. */
  damaged: (count: number) =>
    `${plural(count, "# stored record", "# stored records")} cannot be read. What is damaged is passed over and kept; ` +
    "the rest goes on.",

  // Settings: notices
  noticesGroup: "Notifications",
  notices: "Notify me of new messages",
  noticesWhy: "While this page is out of sight. Your browser will ask you.",
  noticesOn: "While this page is out of sight.",
  noticeContent: "Show sender and text",
  noticeContentWhy: "When off, a notification says only that there is a message.",
  noticesDenied:
    "Your browser blocks notifications of this page. Open the site settings beside the address, or those of the app, " +
    "allow notifications, then switch this on.",
  noticesRefused: "They were not allowed, so they stay off.",
  noticesUnsupported: "This browser shows no notifications.",
  noticesInstallFirst: "On this device only an installed app shows notifications. Install it first, see below.",

  // Settings: storage
  storageGroup: "Storage",
  storageUsed: (used: number, quota: number) => `${bytes(used)} used of the ${bytes(quota)} that the browser allows`,
  storageUsage: (used: number) => `${bytes(used)} used`,
  persisted: "The browser keeps this data until you delete it.",
  fleeting: "The browser may delete this data when space runs short.",
  fleetingUnsaved:
    "The browser may delete all this, and your 24 words are not saved: your identity could be lost for good.",
  askToKeep: "Ask the browser to keep it",
  keptNot: "The browser has not agreed yet. It does so sooner for an installed app and for pages that are often used.",

  // Settings: install
  installGroup: "App",
  install: "Install",
  installWhy: "Installed, Nodus has its own window and icon, starts offline, and its data is kept better.",
  installed: "Nodus is installed.",
  guideIntro: "On an iPhone or iPad you install it from Safari’s menu:",
  guideShare: "Press the share button in the bar of Safari.",
  guideAdd: "Choose “Add to Home Screen” in the list.",
  guideOpen: "Open Nodus from the Home Screen from now on. It begins there without your chats, so bring your 24 words.",

  // Settings: blocked
  blockedGroup: "Blocked contacts",
  blockedHint: "No messages go either way. They are not told.",
  unblock: "Unblock",
  unblockWhom: (name: string) => `Unblock ${own(name)}`,

  // Settings: identity and about
  copyIdentity: "Copy",
  aboutGroup: "About",
  version: (version: string) => `Version ${version}`,
  build: "Built from",
  thisLeads: "This tab is your node. Other tabs show what it says.",
  thisViews: "Another tab is your node. This one shows what it says.",
  updateReady: "A new version is ready.",

  // Another device took over
  supersededTitle: "Restored on another device",
  supersededWhat:
    "Somebody entered the 24 words of your identity on another device. An identity sends from one device only.",
  supersededYou: "It was you",
  supersededYouDo: "Go on over there. What is here can still be read; delete it when you need it no longer.",
  supersededNotYou: "It was not you",
  supersededNotYouDo:
    "Somebody has your words and can write in your name. Tell your contacts in another way, then delete everything here " +
    "and begin with a new identity.",

  // The same profile runs twice
  elsewhereTitle: "Nodus runs somewhere else",
  elsewhereWhat:
    "This profile, or a copy of it, was used in another place: a copied folder, a snapshot, another computer that took it " +
    "over. Two at once would lose messages, so this one neither sends nor fetches until you have chosen.",
  elsewhereHere: "Go on here",
  elsewhereHereDo:
    "The other one stops sending. What it received meanwhile stays over there; contacts notice no more than a renewed session.",
  elsewhereThere: "Go on over there",
  elsewhereThereDo: "Do nothing. What is here can still be read; delete it when you need it no longer.",
  continueHere: "Continue here",
  continuing: "Making a new key for this node…",

  // Delete everything
  deleteGroup: "Delete everything",
  deleteDoor: "Delete everything…",
  deleteIntro: "This cannot be undone.",
  deleteHere: "Deleted on this device",
  deleteHereChats: "All chats, contacts, drafts and invites",
  deleteHereKeys: "Your keys and this node: afterwards nobody can use this identity from here",
  deleteHereSettings: "Name, settings and everything else that this page has stored",
  deleteOthers: "What others keep",
  deleteOthersCopies: "Your contacts keep what they have received.",
  deleteOthersStored: "Messages under way lie sealed on other nodes, for 7 days at most.",
  deleteOthersCard:
    "Your public card stays with other nodes for up to 14 days and cannot be taken back. Nobody reaches you through it.",
  deleteWordsKept: "With your 24 words you can come back as the same person, without chats and contacts.",
  deleteWordsNone: "Your 24 words are not saved: this identity will be gone for good.",
  /** The word to be typed. */
  deleteWord: "DELETE",
  deleteType: (word: string) => `Type ${word} to confirm`,
  deleteTypeName: (word: string, name: string) => `Type ${word} or your name, ${own(name)}, to confirm`,
  deleteNow: "Delete everything",
  deleting: "Telling other nodes, then deleting…",
  deleteFailed: "Not everything could be deleted. Try again; if it fails again, clear this site’s data in the browser.",
});
