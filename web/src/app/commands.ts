/**
 * What a tab asks of the profile's leader, who has the chats and the node. Every tab speaks so, the leading one with
 * itself: what works in one works in all. Plain values only, since they travel between tabs.
 */
import type { Fault } from "#node/errors.ts";
import type { App, AppState } from "./api.ts";

/** As the interface knows them, and what only tabs say. */
export interface Commands
  extends Pick<
    App,
    | "begin"
    | "setName"
    | "openChat"
    | "loadOlder"
    | "markRead"
    | "retry"
    | "deleteMessage"
    | "acceptRequest"
    | "declineRequest"
    | "createInvite"
    | "revokeInvite"
    | "openInvite"
    | "block"
    | "unblock"
    | "deleteChat"
    | "setPrefs"
    | "setDraft"
    | "backupWords"
    | "confirmBackup"
    | "deferBackup"
    | "restore"
    | "continueHere"
    | "deleteEverything"
    | "pauseNode"
    | "setCaps"
  > {
  /** `id`: the text's message id, hex, chosen by the tab: a command that is given twice writes one text. */
  send(chat: string, text: string, id: string): Promise<void>;
  /** `id`: the message id of the first text, chosen by the tab: given again, it is not sent twice. */
  acceptInvite(text: string, id: string): Promise<string>;
  dismissInvite(): Promise<void>;
  showNode(on: boolean): Promise<void>;
  /** Does a person see this tab? */
  look(visible: boolean): Promise<void>;
}
export type CommandName = keyof Commands;
export type Args<K extends CommandName> = Parameters<Commands[K]>;
export type Result<K extends CommandName> = ReturnType<Commands[K]>;

/**
 * What becomes of a command that had no answer when its leader went. again: it is given to the next, since a second time
 * does no harm. look: it is over, as each leader is told what the tab looks at. once: it may have been done, and is told
 * as failed.
 */
const FATES: Readonly<Record<CommandName, "again" | "look" | "once">> = {
  begin: "again",
  restore: "once",
  continueHere: "again",
  setName: "again",
  openChat: "look",
  loadOlder: "look",
  markRead: "again",
  send: "again",
  retry: "again",
  deleteMessage: "again",
  acceptRequest: "again",
  declineRequest: "again",
  createInvite: "once",
  revokeInvite: "again",
  openInvite: "look",
  acceptInvite: "once",
  dismissInvite: "look",
  setDraft: "again",
  block: "again",
  unblock: "again",
  deleteChat: "again",
  setPrefs: "again",
  backupWords: "again",
  confirmBackup: "once",
  deferBackup: "again",
  deleteEverything: "once",
  showNode: "look",
  pauseNode: "again",
  setCaps: "again",
  look: "look",
};
export const fateOf = (name: CommandName): "again" | "look" | "once" => FATES[name];

/** A command that a page left behind. */
export interface Left {
  name: CommandName;
  args: unknown[];
}
/** A command on its way to a leader. */
export interface Call extends Left {
  done(value: unknown): void;
  failed(error: Fault): void;
}

/** A tab at its leader. */
export interface Session {
  readonly state: AppState;
  call<K extends CommandName>(name: K, ...args: Args<K>): Result<K>;
  /** Returns what had no answer and may be given to the next leader. */
  end(): readonly Call[];
}
