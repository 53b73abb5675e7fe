/**
 * What a tab asks of the profile's leader, who has the chats and the node. Every tab speaks so, the leading one with
 * itself: what works in one works in all. Plain values only, since they travel between tabs.
 */
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
    | "acceptInvite"
    | "block"
    | "unblock"
    | "deleteChat"
    | "setPrefs"
    | "backupWords"
    | "confirmBackup"
    | "deferBackup"
    | "restore"
    | "deleteEverything"
    | "pauseNode"
    | "setCaps"
  > {
  /** `id`: the text's message id, hex, chosen by the tab: a command that is given twice writes one text. */
  send(chat: string, text: string, id: string): Promise<void>;
  setDraft(chat: string, text: string): Promise<void>;
  dismissInvite(): Promise<void>;
  showNode(on: boolean): Promise<void>;
  /** Does a person see this tab? */
  look(visible: boolean): Promise<void>;
}
export type CommandName = keyof Commands;
export type Args<K extends CommandName> = Parameters<Commands[K]>;
export type Result<K extends CommandName> = ReturnType<Commands[K]>;

/** Given again to the next leader where the last one went without an answer: a second time does no harm. */
const REPEATABLE: ReadonlySet<CommandName> = new Set<CommandName>([
  "begin",
  "setName",
  "openChat",
  "markRead",
  "send",
  "retry",
  "deleteMessage",
  "acceptRequest",
  "declineRequest",
  "revokeInvite",
  "openInvite",
  "setDraft",
  "block",
  "unblock",
  "deleteChat",
  "setPrefs",
  "backupWords",
  "deferBackup",
  "showNode",
  "pauseNode",
  "setCaps",
]);
export const repeatable = (name: CommandName): boolean => REPEATABLE.has(name);

/** A tab at its leader. */
export interface Session {
  readonly state: AppState;
  call<K extends CommandName>(name: K, ...args: Args<K>): Result<K>;
  end(): void;
}
