/**
 * The sentences about the own identity and the own device that may be needed at the first paint: before the start, in
 * the banner and above the list. What loads later is in sentences-keep.ts. Rules as in sentences.ts.
 */
import { catalogue } from "../kit/catalogue.ts";

export const mine = catalogue({
  // Above the list
  cardTitle: "Keep your identity: 24 words",
  cardText: "They make you yourself again on any device. Nobody else has a copy.",
  cardFleeting: "This browser may delete what it stores for this page when space runs short.",
  showWords: "Show words",
  later: "Later",
  chip: "Save your 24 words",

  // Banner
  updateReady: "A new version is ready. Drafts are kept.",
  superseded: "Your identity was restored on another device. This one no longer sends.",
  elsewhere: "Nodus runs somewhere else with this profile. Here nothing is sent or fetched.",
  whatNow: "What now?",

  // The list of an identity that came from its words
  restoredTitle: "Your contacts appear as they write",
  restored:
    "Whoever has something for you, or writes to you, shows up here as a request, most within minutes of being online. Tell " +
    "them that you are back, or send them an invite.",

  // Start
  haveWords: "I have 24 words",
  evictedTitle: "This browser has deleted your data",
  evicted:
    "You were here before, but your keys, contacts and chats are gone. Browsers delete what a page has stored when space " +
    "runs short, when the page was not opened for some time, or when somebody clears it by hand.",
  evictedNoCopy:
    "There is no copy anywhere else. With your 24 words you become the same person to your contacts again.",
  restoreWithWords: "Restore with 24 words",
  beginAnew: "Begin anew",
  beginAnewHint: "Your contacts will not know that it is you until you tell them.",

  // Deleted
  deleted: "What Nodus had stored in this browser is deleted. You can close this page.",
  startAnew: "Start anew",
});
