/** One run of the chats and the node of a profile, as the views of its tabs see it. `Desk` is it. */
import type { Chat } from "#chat/driver/chat.ts";
import type { Node } from "#node/api.ts";
import type { AppState } from "./api.ts";
import type { Session } from "./commands.ts";
import type { Host } from "./host.ts";

export interface Run {
  readonly host: Host;
  /** From when the vault is open. */
  readonly chat: Chat | undefined;
  /** From when its key is there. */
  readonly node: Node | undefined;
  /** ms since when the node may be expected to have links. */
  readonly started: number;
  /** The identity is being made: no second time, and the screen says so. */
  beginning: boolean;
  /** 0 … 1 of the expected work, once it takes longer than a second. */
  readonly work: number | undefined;
  /** 0 … 1 of what an older version stored, while that is brought into the form of this one. */
  readonly moving: number | undefined;
  /** What ended the run: nothing of it can be shown any more. */
  readonly over: AppState | undefined;
  /** The person turned to this view's tab, or away from it. */
  looks(view: Session): Promise<void>;
  /** Every view is drawn anew. */
  changed(): void;
  /** The node follows what the person chose. */
  applyPrefs(): void;
  /** Where a new node key is due: the node comes back under it now. */
  renewNode(): Promise<void>;
  /** Ends the run with a last state. */
  stop(state: AppState): void;
  /** Says goodbye and ends in order. */
  close(): Promise<void>;
}
