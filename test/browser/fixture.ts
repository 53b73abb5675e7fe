/** An `App` of fixed states that remembers what it was asked to do: for tests and pictures of the interface alone. */
import { readWords } from "#adapters/words.ts";
import type { App, AppState, Caps, DeviceView, InviteView, Prefs, ReadyState, WordsRead } from "#app/api.ts";
import type { Route } from "../../web/src/ui/router.ts";
import { nodeScreens } from "./fixture-node.ts";
import { selfScreens } from "./fixture-self.ts";
import {
  ada,
  ben,
  chats,
  DAY,
  HOUR,
  lena,
  MINUTE,
  message,
  NOW,
  request,
  stored,
  stranger,
  stuck,
  talk,
  waiting,
} from "./fixture-talk.ts";

export { chats, NOW, request };

/** The words of BIP39's vector for 32 bytes of 0x7f (test vectors of the BIP). */
export const WORDS: readonly string[] =
  "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title".split(
    " ",
  );

export type Call = readonly [command: string, ...given: unknown[]];

export class FixtureApp implements App {
  state: AppState;
  readonly textLimit: number = 16_000;
  readonly firstTextLimit: number = 5_000;
  readonly calls: Call[] = [];
  /** Commands named here are refused. */
  readonly refused = new Set<string>();
  /** What a command does to the state, where a test needs that. */
  readonly effects: Partial<Record<string, (...given: never[]) => void>> = {};
  readonly #listeners = new Set<() => void>();

  constructor({ state, device = {} }: Pick<Screen, "state" | "device">) {
    this.state = state;
    this.device = { ...this.device, ...device };
  }
  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }
  set(state: AppState): void {
    this.state = state;
    for (const changed of this.#listeners) changed();
  }
  /** Changes a part of the ready state. */
  patch(part: Partial<ReadyState>): void {
    if (this.state.phase !== "ready") throw new Error("not ready");
    this.set({ ...this.state, ...part });
  }
  get ready(): ReadyState {
    if (this.state.phase !== "ready") throw new Error("not ready");
    return this.state;
  }

  begin = (name: string): Promise<void> => this.#did("begin", name);
  setName = (name: string): Promise<void> => this.#did("setName", name);
  openChat = async (id: string | undefined): Promise<void> => {
    await this.#did("openChat", id);
    if (this.state.phase !== "ready" || this.state.open?.id === id) return;
    const { open: _, ...rest } = this.state;
    this.set(id === undefined ? rest : { ...rest, open: { id, messages: [], notes: [], more: false } });
  };
  loadOlder = (): Promise<void> => this.#did("loadOlder");
  markRead = (chat: string): Promise<void> => this.#did("markRead", chat);
  send = (chat: string, text: string): Promise<void> => this.#did("send", chat, text);
  retry = (chat: string, message: string): Promise<void> => this.#did("retry", chat, message);
  deleteMessage = (chat: string, message: string): Promise<void> => this.#did("deleteMessage", chat, message);
  acceptRequest = (chat: string, ...again: boolean[]): Promise<void> => this.#did("acceptRequest", chat, ...again);
  declineRequest = (chat: string): Promise<void> => this.#did("declineRequest", chat);
  createInvite = async (): Promise<string> => {
    await this.#did("createInvite");
    return invite.id;
  };
  revokeInvite = (id: string): Promise<void> => this.#did("revokeInvite", id);
  openInvite = (link: string): Promise<void> => this.#did("openInvite", link);
  acceptInvite = async (text: string): Promise<string> => {
    await this.#did("acceptInvite", text);
    return chats[0]?.id ?? "";
  };
  dismissInvite = (): void => void this.#did("dismissInvite");
  device: DeviceView = {
    install: "none",
    persisted: false,
    usage: 5_400_000,
    quota: 2e9,
    notices: "default",
    update: false,
  };
  setDraft = (chat: string, text: string): Promise<void> => this.#did("setDraft", chat, text);
  block = (chat: string): Promise<void> => this.#did("block", chat);
  unblock = (chat: string): Promise<void> => this.#did("unblock", chat);
  deleteChat = (chat: string): Promise<void> => this.#did("deleteChat", chat);
  setPrefs = (prefs: Partial<Prefs>): Promise<void> => this.#did("setPrefs", prefs);
  backupWords = async (): Promise<readonly string[] | undefined> => {
    await this.#did("backupWords");
    return this.state.phase === "ready" && this.state.backup === "confirmed" ? undefined : WORDS;
  };
  confirmBackup = async (proof: string | true): Promise<boolean> => {
    await this.#did("confirmBackup", proof);
    return proof === true || proof.trim().split(/\s+/).join(" ") === WORDS.join(" ");
  };
  deferBackup = (): Promise<void> => this.#did("deferBackup");
  continueHere = (): Promise<void> => this.#did("continueHere");
  readWords = async (text: string): Promise<WordsRead> => {
    await this.#did("readWords", text);
    return readWords(text);
  };
  restore = (words: string, name: string): Promise<void> => this.#did("restore", words, name);
  deleteEverything = (): Promise<void> => this.#did("deleteEverything");
  pauseNode = (on: boolean): Promise<void> => this.#did("pauseNode", on);
  setCaps = (caps: Caps): Promise<void> => this.#did("setCaps", caps);
  install = (): Promise<boolean> => this.#did("install").then(() => true);
  keepStorage = (): Promise<boolean> => this.#did("keepStorage").then(() => true);
  allowNotices = (): Promise<boolean> => this.#did("allowNotices").then(() => true);
  applyUpdate = (): Promise<void> => this.#did("applyUpdate");
  /** Changes what the device can do. */
  patchDevice(part: Partial<DeviceView>): void {
    this.device = { ...this.device, ...part };
    this.set(this.state);
  }
  showNode = (on: boolean): void => void this.#did("showNode", on);

  async #did(command: string, ...given: unknown[]): Promise<void> {
    this.calls.push([command, ...given]);
    if (this.refused.has(command)) throw new Error(`${command} was refused`);
    this.effects[command]?.(...(given as never[]));
  }
}

const payload = `${"AQBmT0c3".repeat(14)}aGVsbG`;
export const invite: InviteView = {
  id: "1a".repeat(8),
  link: `https://nodus.example/#${payload}`,
  created: NOW - 3 * MINUTE,
  ends: NOW + 6 * DAY + 7 * HOUR,
  state: "ready",
  held: 8,
  of: 8,
};
export const ready: ReadyState = {
  phase: "ready",
  me: { name: "Jo", identity: "5f0e19c2a7d3b8461e9c0f72d5a84b3390e7c1f6a2b5d8e40713c9f6e2a5b8d1" },
  connection: "online",
  storageFull: false,
  chats,
  invites: [],
  backup: "confirmed",
  superseded: false,
  prefs: { notices: false, noticeContent: false },
  leads: true,
  version: "0.1.0",
  build: "4f2c9e1b07d3",
};
export const opened: ReadyState = { ...ready, open: { id: ada, messages: talk, notes: [], more: true } };
const chat: Route = { chat: ada };
const asked: ReadyState = { ...ready, chats: [request, ...chats] };

export interface Screen {
  state: AppState;
  route?: Route;
  device?: Partial<DeviceView>;
  /** Done after the first drawing, in the page: a text for the composer. */
  write?: string;
  /** What is pressed after that, one after the other: selectors. */
  press?: readonly string[];
}
/** Every screen that there is. */
export const screens: Readonly<Record<string, Screen>> = {
  "first-run": { state: { phase: "first-run" } },
  "first-run-invited": {
    state: {
      phase: "first-run",
      invite: { kind: "found", name: "Ada Nyström", identity: "ada0".repeat(16), ends: invite.ends },
    },
  },
  "first-run-fault": { state: { phase: "first-run", invite: { kind: "fault", fault: "expired" } } },
  starting: { state: { phase: "starting", step: "work", progress: 0.4 } },
  unsupported: { state: { phase: "unsupported", missing: "secure-context" } },
  broken: { state: { phase: "broken", fault: "storage-broken" } },
  empty: { state: { ...ready, chats: [] } },
  list: { state: { ...asked, invites: [invite] } },
  "list-connecting": { state: { ...asked, connection: "connecting" } },
  chat: { state: opened, route: chat },
  "chat-connecting": {
    state: {
      ...opened,
      connection: "connecting",
      chats: chats.map((each) => (each.id === ada ? { ...each, direct: false } : each)),
    },
    route: chat,
  },
  "chat-offline": {
    state: {
      ...opened,
      connection: "device-offline",
      open: { id: ada, messages: [...talk, waiting], notes: [], more: false },
    },
    route: chat,
  },
  "chat-long-text": { state: opened, route: chat, write: "x".repeat(16_100) },
  "chat-empty": { state: { ...ready, open: { id: ben, messages: [], notes: [], more: false } }, route: { chat: ben } },
  "chat-marks": {
    state: {
      ...opened,
      open: {
        id: ada,
        messages: [
          message(
            false,
            3 * HOUR,
            "> Shall we take the *early* train?\n> Or the ferry?\nThe *train*, and _please_ ~not~ the ferry.",
          ),
          message(true, 2 * HOUR, "Run `npm start`, or:\n```\nnpm test\nnpm run bench\n```\nBoth work.", {
            delivery: { kind: "read", at: NOW },
          }),
          message(false, HOUR, "👍🎉"),
          message(true, HOUR - MINUTE, "❤️", { delivery: { kind: "delivered", at: NOW } }),
        ],
        notes: [{ id: "n1", kind: "renewed", at: NOW - 90 * MINUTE }],
        more: false,
      },
    },
    route: chat,
  },
  "chat-links": {
    state: {
      ...opened,
      open: {
        id: ada,
        messages: [
          message(
            false,
            3 * HOUR,
            "請看https://example.org/a。謝謝 (see https://example.org/a_(b)_c) and www.example.org/b, or ada@example.org.",
          ),
          message(false, 2 * HOUR, "Your account: https://аррӏе.com/login or https://bank.example@evil.example/ now"),
          message(true, HOUR, "*No:* https://exam\u200bple.org/\u202egro.knab, https://bücher.example", {
            delivery: { kind: "read", at: NOW },
          }),
          message(false, HOUR - MINUTE, "مرحبا https://example.org/a_b?c=1 انظر https://مثال.example/"),
        ],
        notes: [],
        more: false,
      },
    },
    route: chat,
  },
  "chat-blocked": {
    state: { ...opened, chats: chats.map((each) => (each.id === ada ? { ...each, blocked: true } : each)) },
    route: chat,
  },
  "chat-draft": {
    state: {
      ...opened,
      chats: chats.map((each) =>
        each.id === ben || each.id === ada ? { ...each, draft: "Yes, and I bring the" } : each,
      ),
    },
    route: chat,
  },
  "delete-chat": { state: opened, route: { ...chat, sheet: "delete-chat" } },
  jump: { state: opened, route: { ...chat, sheet: "jump" } },
  shortcuts: { state: opened, route: { ...chat, sheet: "shortcuts" } },
  request: {
    state: {
      ...asked,
      open: {
        id: stranger,
        messages: [message(false, 9 * MINUTE, "Hello, I got your invite from Ben!")],
        notes: [],
        more: false,
      },
    },
    route: { chat: stranger },
  },
  pending: {
    state: {
      ...ready,
      open: {
        id: lena,
        messages: [message(true, DAY, "Hi Lena, it’s me. Does this work?", { delivery: stored(7) })],
        notes: [],
        more: false,
      },
    },
    route: { chat: lena },
  },
  "pending-fault": {
    state: {
      ...ready,
      chats: [stuck, ...chats],
      open: {
        id: stuck.id,
        messages: [message(true, DAY, "Hello Otto", { delivery: { kind: "failed", reason: "not-fetched" } })],
        notes: [],
        more: false,
      },
    },
    route: { chat: stuck.id },
  },
  message: { state: opened, route: { ...chat, sheet: "message", item: talk.at(-1)?.id ?? "" } },
  "message-failed": { state: opened, route: { ...chat, sheet: "message", item: talk.at(-2)?.id ?? "" } },
  invite: { state: { ...ready, invites: [invite] }, route: { sheet: "invite", item: invite.id } },
  "invite-preparing": {
    state: { ...ready, invites: [{ ...invite, state: "preparing", held: 3 }] },
    route: { sheet: "invite", item: invite.id },
  },
  invites: {
    state: {
      ...ready,
      invites: [
        invite,
        ...(["shared", "accepted", "used-twice", "expired", "revoked"] as const).map((state) => ({
          ...invite,
          id: state,
          state,
        })),
      ],
    },
    route: { sheet: "invites" },
  },
  "open-invite": { state: ready, route: { sheet: "open-invite" } },
  "open-invite-looking": { state: { ...ready, invite: { kind: "looking" } }, route: { sheet: "open-invite" } },
  "open-invite-found": {
    state: { ...ready, invite: { kind: "found", name: "Ada Nyström", identity: "ada0".repeat(16), ends: invite.ends } },
    route: { sheet: "open-invite" },
  },
  "open-invite-fault": {
    state: { ...ready, invite: { kind: "fault", fault: "used" } },
    route: { sheet: "open-invite" },
  },
  settings: { state: ready, route: { sheet: "settings" } },
  scan: { state: ready, route: { sheet: "scan" } },
  ...nodeScreens(ready),
  privacy: { state: ready, route: { page: "privacy" } },
  banners: { state: { ...ready, connection: "no-anchors", skew: 45 * MINUTE, storageFull: true } },
  ...selfScreens(ready, WORDS, invite.ends),
};
