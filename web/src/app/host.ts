/** What the app needs from the page it runs in; the composition root gives it. */
import type { Chat } from "#chat/driver/chat.ts";
import type { Node } from "#node/api.ts";
import type { WordsRead } from "./api.ts";
import type { Left } from "./commands.ts";
import type { Device } from "./device.ts";
import type { News } from "./notices.ts";

/** What a page lacks that Nodus cannot do without. */
export type Missing = "secure-context" | "wasm" | "indexeddb" | "locks";

/** Words of a backup, loaded when they are needed. */
export interface WordList {
  encode(entropy: Uint8Array): string;
  decode(text: string): Uint8Array | undefined;
  read(text: string): WordsRead;
}
/** To the other tabs of the profile; what one says, all others hear. */
export interface Tabs {
  say(message: unknown): void;
  /** Returns the end of it. */
  onMessage(heard: (message: unknown) => void): () => void;
}

export interface Host {
  readonly version: string;
  readonly build: string;
  /** Where this app is served, without a fragment: invites begin with it. */
  readonly base: string;
  /** An anchor's URL for invites, where the app's own host is none. */
  readonly anchor: string | undefined;
  readonly device: Device;
  /** The invite that this tab has opened; outlives a reload, since the address bar does not show it any more. */
  keptInvite: string | undefined;
  readonly tabs: Tabs;
  missing(): Missing | undefined;
  /** now: leads, or says that another tab does. wait: leads as soon as no other does. steal: leads in place of a tab that
   * does not answer. Resolves with the epoch of the new leader, each higher than the one before; rejects when `stop`
   * aborts, or when another tab stole meanwhile. */
  lead(how: "now" | "wait" | "steal", stop: AbortSignal): Promise<number | "held">;
  /** Called when another tab took over. */
  onLost(heard: () => void): void;
  /** Opens the vault and the chats; rejects with a Fault. `moving` hears 0 … 1 while what an older version stored is
   * brought into the form of this one. */
  openChat(
    changed: () => void,
    arrived: (news: readonly News[]) => void,
    moving: (part: number) => void,
  ): Promise<Chat>;
  /** Makes or loads the node key, joins. `work` hears how many nonces were tried, of how many expected. */
  startNode(chat: Chat, work: (tried: number, expected: number) => void): Promise<Node>;
  /** Solves what is needed later: the service worker's key, and the next own one where the present must be given up. */
  prepareKeys(next: boolean): Promise<void>;
  words(): Promise<WordList>;
  /** Lets other tabs lead, at the end. */
  release(): Promise<void>;
  /** Nothing reads or writes here from now on. */
  closeDisk(): Promise<void>;
  /** Does the device have a network at all? */
  online(): boolean;
  onOnline(heard: () => void): void;
  /** The page goes away: what must be said, is said now. */
  onLeave(heard: () => void): void;
  /** Keeps for seconds what the page has begun and not ended, for whichever tab leads next. */
  leaveBehind(left: readonly Left[]): void;
  /** What was left behind, each once. */
  takeLeft(): Promise<readonly Left[]>;
  /** Does a person see the page? */
  visible(): boolean;
  onVisible(heard: () => void): void;
  /** 16 random bytes, hex. */
  messageId(): string;
  /** Resolves when what was given to be drawn stands on the screen, or at once where nobody looks at it. */
  painted(): Promise<void>;
  /** Once a frame at most. */
  frame(run: () => void): void;
  every(ms: number, run: () => void): () => void;
}
