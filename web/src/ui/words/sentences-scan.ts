/** The sentences of reading a code by camera or from a picture. Rules as in sentences.ts. */
import { catalogue } from "../kit/catalogue.ts";

/** Why there is no picture of the camera. */
export type Trouble = "denied" | "none" | "busy" | "unsupported" | "ended" | "failed";
/** Why a picture gave no text. */
export type Blank = "no-code" | "no-picture" | "too-large";

const TROUBLES: Record<Trouble, string> = {
  denied:
    "This page may not use the camera. Allow it in the site settings beside the address, or read the code from a picture.",
  none: "No camera was found. Connect one, or read the code from a picture.",
  busy: "The camera does not start: perhaps another program uses it. Close that one and try again.",
  unsupported: "This browser gives pages no camera. Read the code from a picture.",
  ended: "The camera was stopped.",
  failed: "Codes cannot be read here at the moment. Close this and paste the link instead.",
};
const BLANKS: Record<Blank, string> = {
  "no-code": "No code was found in this picture. Take one that shows all of the code, sharp and with its white edge.",
  "no-picture": "This file is no picture that this browser can open.",
  "too-large": "This picture is too large. Cut it down to the code and try again.",
};

export const see = catalogue({
  scan: "Scan code",
  title: "Scan a code",
  explain:
    "Your browser will ask whether this page may use the camera. Its picture stays in this device; nothing is kept of it.",
  start: "Use the camera",
  startAgain: "Use the camera again",
  starting: "The camera starts. Your browser may ask you first.",
  aim: "Hold the code of the invite into the picture.",
  camera: "Picture of the camera",
  stop: "Stop the camera",
  trouble: (why: Trouble) => TROUBLES[why],
  choose: "Choose a picture",
  chooseHint: "Or drop a picture of the code here, or paste one.",
  reading: "Looking for a code…",
  blank: (why: Blank) => BLANKS[why],
  noInvite: "This code is no invite, so it is not opened. It says:",
  empty: "nothing",
  pasteInstead: "Paste a link instead",
});
