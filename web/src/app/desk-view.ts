/**
 * What one tab of the profile looks at, and its commands: the chat on its screen, the invite it opened, whether it shows
 * the node. Its state is rebuilt after each change of the desk.
 */
import type { Chat } from "#chat/driver/chat.ts";
import { Fault } from "#node/errors.ts";
import type { AppState, Caps, OpenChat, Prefs, ReadyState } from "./api.ts";
import { brokenBy } from "./broken.ts";
import type { Args, CommandName, Commands, Result, Session } from "./commands.ts";
import { keptName } from "./names.ts";
import type { Screen } from "./notices.ts";
import { Preview, pause } from "./preview.ts";
import type { Run } from "./run.ts";
import { backupOf, byRecency, chatView, connectionOf, inviteView, messageView, nodeView, noteView } from "./views.ts";

const PAGE = 60; // texts loaded at once
const SKEW_TOLD_MS = 600_000;
const NODE_VIEW_MS = 1_000;
/** A tab that can be seen says every second that it lives: one that was silent for longer crashed before it could say
 * that it went. Tier 3. */
const SEEN_MS = 10_000;
/** Other tabs hear that all is deleted before one of them is given the lock and begins anew. Tier 3. */
const HEARD_MS = 1_000;

export class DeskView implements Session, Commands {
  readonly #desk: Run;
  readonly #told: (state: AppState) => void;
  state: AppState = { phase: "starting", step: "opening" };
  /** A person sees this tab, as it says. */
  #visible = false;
  /** ms when this tab last showed that it lives: the leader's own always does. */
  heard = Number.POSITIVE_INFINITY;
  #linked = 0;
  /** Refreshes that began, and the newest that was shown: a later one may be through earlier. */
  #turns = 0;
  #turn = 0;
  #open: { id: string; count: number } | undefined;
  #shown: OpenChat | undefined;
  readonly #preview: Preview;
  #endNodeView: (() => void) | undefined;

  readonly #left: () => void;

  /** `left` is called at its end. */
  constructor(desk: Run, told: (state: AppState) => void, left: () => void) {
    this.#desk = desk;
    this.#preview = new Preview(desk);
    this.#told = told;
    this.#left = left;
  }
  /** Commands under way here are answered here. */
  end(): readonly [] {
    this.#endNodeView?.();
    this.#left();
    return [];
  }
  call<K extends CommandName>(name: K, ...args: Args<K>): Result<K> {
    const command = this[name] as unknown as (...given: Args<K>) => Result<K>;
    return command.apply(this, args);
  }

  get screen(): Screen {
    return { chat: this.#open?.id };
  }
  /** A person sees this tab. */
  get visible(): boolean {
    return this.#visible && Date.now() - this.heard < SEEN_MS;
  }
  async look(visible: boolean): Promise<void> {
    this.#visible = visible;
    await this.#desk.looks(this);
  }

  async begin(name: string): Promise<void> {
    await this.#beginning((chat) => chat.createIdentity(keptName(name)));
  }
  async restore(words: string, name: string): Promise<void> {
    const entropy = (await this.#desk.host.words()).decode(words);
    if (entropy === undefined) throw new Fault("malformed", "These are not the 24 words of an identity.");
    if (this.#desk.beginning) throw new Fault("refused", "An identity is being made in this profile.");
    await this.#beginning((chat) => chat.restore(entropy, keptName(name)));
  }
  async #beginning(make: (chat: Chat) => Promise<void>): Promise<void> {
    const desk = this.#desk;
    const chat = this.#chat;
    if (desk.beginning) return;
    desk.beginning = true;
    desk.changed();
    try {
      await make(chat);
      desk.host.device.markIdentity();
    } catch (error) {
      if (brokenBy(error) !== "storage-full") throw error;
      desk.stop({ phase: "broken", fault: "storage-full" }); // there is nothing yet that could go on without room
    } finally {
      desk.beginning = false;
      desk.changed();
    }
  }
  setName(name: string): Promise<void> {
    return this.#saving((chat) => chat.setName(keptName(name)));
  }

  async openChat(id: string | undefined): Promise<void> {
    this.#open = id === undefined ? undefined : { id, count: PAGE };
    this.#shown = undefined;
    await this.#desk.looks(this);
    if (id !== undefined) this.#desk.host.device.seen(id);
    await this.refresh();
  }
  async loadOlder(): Promise<void> {
    if (this.#open !== undefined) this.#open = { ...this.#open, count: this.#open.count + PAGE };
    await this.refresh();
  }
  async markRead(chat: string): Promise<void> {
    await this.#saving((chats) => chats.markRead(chat));
    this.#desk.host.device.seen(chat);
  }
  send(chat: string, text: string, id: string): Promise<void> {
    return this.#saving((chats) => chats.write(chat, text, id));
  }
  retry(chat: string, message: string): Promise<void> {
    return this.#saving((chats) => chats.retry(chat, message));
  }
  deleteMessage(chat: string, message: string): Promise<void> {
    return this.#saving((chats) => chats.remove(chat, message));
  }
  acceptRequest(chat: string, again?: boolean): Promise<void> {
    return this.#saving((chats) => chats.acceptRequest(chat, again));
  }
  declineRequest(chat: string): Promise<void> {
    return this.#saving((chats) => chats.declineRequest(chat));
  }
  setDraft(chat: string, text: string): Promise<void> {
    return this.#saving((chats) => chats.setDraft(chat, text));
  }
  block(chat: string): Promise<void> {
    return this.#saving((chats) => chats.block(chat));
  }
  unblock(chat: string): Promise<void> {
    return this.#saving((chats) => chats.unblock(chat));
  }
  deleteChat(chat: string): Promise<void> {
    return this.#saving((chats) => chats.deleteChat(chat));
  }
  createInvite(): Promise<string> {
    return this.#saving((chats) => chats.createInvite());
  }
  revokeInvite(id: string): Promise<void> {
    return this.#saving((chats) => chats.revokeInvite(id));
  }

  async backupWords(): Promise<readonly string[] | undefined> {
    const entropy = this.#chat.me?.entropy;
    return entropy && (await this.#desk.host.words()).encode(entropy).split(" ");
  }
  async confirmBackup(proof: string | true): Promise<boolean> {
    const kept = this.#chat.me?.entropy;
    if (kept === undefined) return true;
    if (proof !== true) {
      const entropy = (await this.#desk.host.words()).decode(proof);
      if (entropy === undefined || entropy.some((byte, at) => byte !== kept[at])) return false;
    }
    await this.#saving((chat) => chat.confirmBackup());
    return true;
  }
  deferBackup(): Promise<void> {
    return this.#saving((chat) => chat.setPrefs({ backupDeferred: chat.now() }));
  }
  setPrefs({ notices, noticeContent }: Partial<Prefs>): Promise<void> {
    const given = { ...(notices !== undefined && { notices }), ...(noticeContent !== undefined && { noticeContent }) };
    return this.#saving((chat) => chat.setPrefs(given));
  }

  async openInvite(link: string): Promise<void> {
    await this.#preview.open(link);
  }
  async acceptInvite(text: string, first: string): Promise<string> {
    const { found } = this.#preview;
    if (found === undefined) throw new Fault("malformed", "No invite is open.");
    const id = await this.#saving((chat) => chat.answer(found, text.trim(), first));
    this.#preview.close();
    return id;
  }
  async dismissInvite(): Promise<void> {
    this.#preview.close();
  }

  async showNode(on: boolean): Promise<void> {
    this.#endNodeView?.();
    this.#endNodeView = on ? this.#desk.host.every(NODE_VIEW_MS, () => this.#desk.changed()) : undefined;
    this.#desk.changed();
  }
  async pauseNode(on: boolean): Promise<void> {
    await this.#saving((chat) => chat.setPrefs({ paused: on }));
    this.#desk.applyPrefs();
  }
  async setCaps(caps: Caps): Promise<void> {
    await this.#saving((chat) => chat.setPrefs({ caps }));
    this.#desk.applyPrefs();
  }

  async continueHere(): Promise<void> {
    await this.#saving((chat) => chat.continueHere());
    await this.#desk.renewNode();
  }

  /** What others keep is withdrawn as far as it can be; then nothing of the profile stays on this device. */
  async deleteEverything(): Promise<void> {
    const { host } = this.#desk;
    await this.#chat.farewell();
    await this.#desk.close();
    await host.closeDisk();
    await host.device.wipe();
    this.#desk.stop({ phase: "deleted" });
    await pause(host, HEARD_MS);
    await host.release();
  }

  /** The network is there: an invite that waited is looked up. */
  attached(): void {
    void this.#preview.attached();
  }

  get #chat(): Chat {
    const { chat } = this.#desk;
    if (chat === undefined) throw new Fault("closed", "The app does not run in this tab.");
    return chat;
  }
  /** A full disk is told for as long as it lasts; nothing was changed by what did not fit. */
  async #saving<T>(act: (chat: Chat) => Promise<T>): Promise<T> {
    try {
      return await act(this.#chat);
    } finally {
      this.#desk.changed();
    }
  }

  async refresh(): Promise<void> {
    const { chat, over, beginning, moving } = this.#desk;
    if (over !== undefined) return this.#set(over);
    if (moving !== undefined) return this.#set({ phase: "starting", step: "moving", progress: moving });
    if (chat === undefined) return;
    if (chat.me === undefined || beginning) return this.#set(this.#before());
    const open = this.#open;
    const turn = ++this.#turns;
    if (open !== undefined && chat.chats.some((state) => state.id === open.id)) {
      const texts = await chat.page(open.id, Number.MAX_SAFE_INTEGER, open.count + 1);
      if (this.#open?.id !== open.id || this.#desk.chat !== chat || turn < this.#turn) return;
      this.#turn = turn;
      const more = texts.length > open.count;
      const notes = chat.chats.find((state) => state.id === open.id)?.notes ?? [];
      const messages = (more ? texts.slice(1) : texts).map(messageView);
      this.#shown = { id: open.id, messages, notes: notes.map(noteView), more };
    } else this.#shown = undefined;
    this.#set(this.#ready(chat));
  }

  #before(): AppState {
    const { beginning, work, host } = this.#desk;
    if (beginning) return { phase: "starting", step: "keys", ...(work === undefined ? {} : { progress: work }) };
    return {
      phase: "first-run",
      ...(this.#preview.view === undefined ? {} : { invite: this.#preview.view }),
      ...(host.device.marked ? { evicted: true } : {}),
    };
  }

  #ready(chat: Chat): ReadyState {
    const { host, node, started } = this.#desk;
    const { me } = chat;
    const { skew = 0, timeSure = true } = node?.stats() ?? {};
    const links = (state: Parameters<typeof inviteView>[0]) => `${host.base}#${chat.invitePayload(state, host.anchor)}`;
    const invites = [...chat.invites].sort((a, b) => b.invite.created - a.invite.created);
    if (node?.online()) this.#linked = Date.now();
    const age = Date.now() - started;
    const { notices, noticeContent, caps = {} } = chat.prefs;
    return {
      phase: "ready",
      me: { name: me?.name ?? "", identity: hex(me?.identity.id) },
      connection: connectionOf(node, host.online(), age, Math.min(age, Date.now() - this.#linked)),
      ...(Math.abs(skew) > SKEW_TOLD_MS ? { skew, ...(timeSure ? {} : { skewDoubted: true as const }) } : {}),
      storageFull: chat.storageFull,
      chats: [...chat.chats].sort(byRecency).map((state) => chatView(chat, state)),
      ...(this.#shown === undefined ? {} : { open: this.#shown }),
      invites: invites.map((state) => inviteView(state, links(state), chat.now())),
      ...(this.#preview.view === undefined ? {} : { invite: this.#preview.view }),
      ...(this.#endNodeView === undefined || node === undefined ? {} : { node: nodeView(node, caps, chat) }),
      backup: backupOf(chat),
      ...(chat.erasing ? { erasing: true as const } : {}),
      ...(chat.damaged > 0 ? { damaged: chat.damaged } : {}),
      superseded: chat.superseded,
      ...(chat.elsewhere ? { elsewhere: true as const } : {}),
      ...(me?.restored === true ? { restored: true as const } : {}),
      prefs: { notices, noticeContent },
      leads: true,
      version: host.version,
      build: host.build,
    };
  }

  #set(state: AppState): void {
    this.state = state;
    this.#told(state);
  }
}

function hex(bytes: Uint8Array | undefined): string {
  return Array.from(bytes ?? [], (byte) => byte.toString(16).padStart(2, "0")).join("");
}
