/**
 * The keys that work everywhere: a table of what each does, and who hears them. No single letters, as those are for
 * writing and for screen readers; nothing while a sheet is open, which has keys of its own.
 */
import { composes } from "./kit/composing.ts";
import type { Router } from "./router.ts";
import { acts } from "./words/sentences-acts.ts";

/** On Apple's keyboards the command key stands for Control. */
export const apple = /Mac|iPhone|iPad/.test(navigator.platform);
const CONTROL = apple ? "⌘" : "Ctrl";

/** For the help sheet: keys of one line are alternatives, each pressed together. */
export const KEYS: readonly (readonly [keys: readonly string[], what: () => string])[] = [
  [[`${CONTROL} K`], () => acts.keyJump],
  [["Alt ↓"], () => acts.keyNext],
  [["Alt ↑"], () => acts.keyBefore],
  [["Esc"], () => acts.keyUp],
  [["F6", "Shift F6"], () => acts.keyRegions],
  [["↑ ↓"], () => acts.keyRows],
  [["Menu", "Shift F10"], () => acts.keyMenu],
  [["Enter"], () => acts.keySend],
  [["Shift Enter"], () => acts.keyBreak],
  [[`${CONTROL} /`], () => acts.keyHelp],
];

interface Keyed {
  readonly router: Router;
  /** Ids of the chats, in the order of the list. */
  chats(): readonly string[];
  /** Puts the focus into the next region, or with -1 the one before. */
  hop(step: 1 | -1): void;
}

/** Does what a key stands for; false where it stands for nothing here. */
export function shortcut(event: KeyboardEvent, { router, chats, hop }: Keyed): boolean {
  const { route } = router;
  if (event.defaultPrevented || composes(event) || route.sheet !== undefined) return false;
  const control = (apple ? event.metaKey : event.ctrlKey) && !event.altKey && !event.shiftKey;
  const alt = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (control && event.key.toLowerCase() === "k") router.go({ ...route, sheet: "jump" });
  else if (control && event.key === "/") router.go({ ...route, sheet: "shortcuts" });
  else if (alt && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    step(router, chats(), event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "F6" && !event.ctrlKey && !event.altKey) hop(event.shiftKey ? -1 : 1);
  else return false;
  event.preventDefault();
  return true;
}

function step(router: Router, chats: readonly string[], by: 1 | -1): void {
  const at = chats.indexOf(router.route.chat ?? "");
  const next = at < 0 ? (by > 0 ? chats[0] : chats.at(-1)) : chats[at + by];
  if (next !== undefined) choose(router, next);
}

/** From one chat to another the history grows no longer: back leads to the list. */
export function choose(router: Router, chat: string): void {
  const { route } = router;
  if (route.chat === undefined && route.page === undefined) router.go({ chat });
  else router.replace({ chat });
}
