/** What the app needs of the place it runs in; the composition root gives it. */
import type { Chat } from "#chat/driver/chat.ts";
import type { Node } from "#node/api.ts";

/** What a page lacks that Nodus cannot do without. */
export type Missing = "secure-context" | "wasm" | "indexeddb" | "locks";

export interface Host {
  readonly version: string;
  /** Where this app is served, without a fragment: invites begin with it. */
  readonly base: string;
  /** An anchor's URL for invites, where the app's own host is none. */
  readonly anchor: string | undefined;
  missing(): Missing | undefined;
  /** Leads this profile, or says that another tab does; `take` asks the other to step down. */
  lead(take: boolean): Promise<"leads" | "held">;
  /** Called when another tab took over. */
  onLost(heard: () => void): void;
  /** Opens the vault and the chats; rejects with a Fault. */
  openChat(changed: () => void): Promise<Chat>;
  /** Makes or loads the node key, joins. `work` hears how many nonces were tried, of how many expected. */
  startNode(chat: Chat, work: (tried: number, expected: number) => void): Promise<Node>;
  /** Does the device have a network at all? */
  online(): boolean;
  onOnline(heard: () => void): void;
  /** The page goes away: what must be said, is said now. */
  onLeave(heard: () => void): void;
  /** Once a frame at most. */
  frame(run: () => void): void;
  every(ms: number, run: () => void): () => void;
}
