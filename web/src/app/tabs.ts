/**
 * Several tabs of one profile: the leader has the chats and the node (desk.ts), the others show what it says and pass on
 * what the person does. `serveTabs` is the leader's end, `RemoteSession` the other.
 *
 * A view asks for a sign of life; it is answered at once, since timers of a hidden leader may rest for a minute while its
 * messages are heard. Texts that did not change are not sent again: a history may be long.
 *
 * Every message names an epoch: the leader's own, or the newest that a view has heard of. A leader that was frozen may
 * wake before it learns that another took its place; neither side listens to what is of an older epoch.
 */
import { Fault } from "#node/errors.ts";
import type { AppState, MessageView } from "./api.ts";
import { type Args, type Call, type CommandName, fateOf, type Result, type Session } from "./commands.ts";
import type { Desk } from "./desk.ts";
import type { DeskView } from "./desk-view.ts";
import type { Tabs } from "./host.ts";
import { expecting } from "./told.ts";

/** Tabs of different versions of this do not hear each other. */
const VERSION = 2;
/** A view that was not heard of for so long is closed or crashed; a frozen one says hello again. */
const FORGOTTEN_MS = 180_000;
const SWEEP_MS = 60_000;

type FromView =
  | { kind: "hello" }
  | { kind: "call"; number: number; name: CommandName; args: unknown[] }
  | { kind: "ping" }
  | { kind: "bye" };
type FromLeader =
  /** A new leader: who listens says hello. */
  | { kind: "leads" }
  | { kind: "state"; state: AppState; order: readonly string[]; changed: readonly MessageView[] }
  | { kind: "answer"; number: number; value: unknown }
  | { kind: "failed"; number: number; code: string; sentence: string }
  | { kind: "pong"; known: boolean };
type Message = { nodus: typeof VERSION; epoch: number } & (
  | ({ from: "view"; tab: string } & FromView)
  /** "" is for every tab. */
  | ({ from: "leader"; tab: string } & FromLeader)
);

interface Served {
  view: DeskView;
  known: Map<string, MessageView>;
}

/** Serves the other tabs as the leader of this epoch, until its end is called. */
export function serveTabs(desk: Desk, tabs: Tabs, epoch: number): () => void {
  const served = new Map<string, Served>();
  const say = (tab: string, message: FromLeader): void =>
    tabs.say({ nodus: VERSION, epoch, from: "leader", tab, ...message });
  const join = (tab: string): Served => {
    const known = new Map<string, MessageView>();
    const entry: Served = { known, view: desk.view((state) => say(tab, told(state, known))) };
    entry.view.heard = Date.now();
    served.set(tab, entry);
    void entry.view.refresh();
    return entry;
  };
  const leave = (tab: string): void => {
    served.get(tab)?.view.end();
    served.delete(tab);
  };
  const call = async ({ view }: Served, tab: string, { number, name, args }: Extract<FromView, { kind: "call" }>) => {
    try {
      await desk.opened;
      const value = await view.call(name, ...(args as Args<typeof name>));
      say(tab, { kind: "answer", number, value });
    } catch (error) {
      if (!(error instanceof Fault)) expecting("command")(error);
      const { code, message: sentence } = error instanceof Fault ? error : new Fault("closed", "The other tab failed.");
      say(tab, { kind: "failed", number, code, sentence });
    }
  };
  const end = tabs.onMessage((message) => {
    if (!isMessage(message) || message.from !== "view" || message.epoch > epoch) return;
    const { tab } = message;
    const entry = served.get(tab);
    if (entry !== undefined) entry.view.heard = Date.now();
    if (message.kind === "ping") say(tab, { kind: "pong", known: entry !== undefined });
    else if (message.kind === "bye") leave(tab);
    else if (message.kind === "hello") {
      leave(tab);
      join(tab);
    } else void call(entry ?? join(tab), tab, message);
  });
  const sweep = desk.host.every(SWEEP_MS, () => {
    for (const [tab, { view }] of served) if (Date.now() - view.heard > FORGOTTEN_MS) leave(tab);
  });
  say("", { kind: "leads" });
  return () => {
    end();
    sweep();
    for (const tab of [...served.keys()]) leave(tab);
  };
}

/** A state as it travels: of the open chat only the texts that the view does not have as they are. */
function told(state: AppState, known: Map<string, MessageView>): FromLeader {
  if (state.phase !== "ready" || state.open === undefined) {
    known.clear();
    return { kind: "state", state: asView(state), order: [], changed: [] };
  }
  const { messages } = state.open;
  const changed = messages.filter((message) => known.get(message.id) !== message);
  const order = messages.map(({ id }) => id);
  known.clear();
  for (const message of messages) known.set(message.id, message);
  const open = { ...state.open, messages: [] };
  return { kind: "state", state: asView({ ...state, open }), order, changed };
}
const asView = (state: AppState): AppState => (state.phase === "ready" ? { ...state, leads: false } : state);

/** Answers of one leader to several sessions of a tab are told apart. */
let calls = 0;

/** This tab at a leader in another one. */
export class RemoteSession implements Session {
  readonly #tabs: Tabs;
  readonly #tab: string;
  readonly #told: (state: AppState) => void;
  readonly #greeted: () => void;
  readonly #unhear: () => void;
  readonly #waiting = new Map<number, Call>();
  #texts = new Map<string, MessageView>();
  state: AppState = { phase: "starting", step: "opening" };
  /** ms of the last sign of life of the leader. */
  heard = Date.now();
  /** The newest leader that was heard of. */
  epoch: number;

  /** `epoch`: as far as this tab knows already. `greeted`: a leader has to be told what this tab looks at. */
  constructor(tabs: Tabs, tab: string, epoch: number, told: (state: AppState) => void, greeted: () => void) {
    this.#tabs = tabs;
    this.#tab = tab;
    this.epoch = epoch;
    this.#told = told;
    this.#greeted = greeted;
    this.#unhear = tabs.onMessage((message) => {
      if (!isMessage(message) || message.from !== "leader" || message.epoch < this.epoch) return;
      this.epoch = message.epoch;
      if (message.tab === tab || message.tab === "") this.#hear(message);
    });
    this.#hello();
  }

  call<K extends CommandName>(name: K, ...args: Args<K>): Result<K> {
    const answer = new Promise<unknown>((done, failed) => this.#call({ name, args, done, failed }));
    return answer as Result<K>;
  }
  ping(): void {
    this.#say({ kind: "ping" });
  }
  end(): readonly Call[] {
    this.#say({ kind: "bye" });
    this.#unhear();
    return this.#takeWaiting();
  }
  /** What had no answer when the leader went. */
  #takeWaiting(): readonly Call[] {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    const over = this.state.phase === "deleted"; // as somebody asked for, perhaps here: nothing is left to be done
    for (const { name, done, failed } of waiting) {
      if (over || fateOf(name) === "look") done(undefined);
      else if (fateOf(name) === "once") failed(gone());
    }
    return over ? [] : waiting.filter(({ name }) => fateOf(name) === "again");
  }

  #call(call: Call): void {
    const number = ++calls;
    this.#waiting.set(number, call);
    this.#say({ kind: "call", number, name: call.name, args: call.args });
  }
  #hello(): void {
    this.#say({ kind: "hello" });
    this.#greeted();
  }
  #hear(message: FromLeader): void {
    this.heard = Date.now();
    if (message.kind === "leads" || (message.kind === "pong" && !message.known)) {
      const again = this.#takeWaiting();
      this.#hello();
      for (const call of again) this.#call(call);
    } else if (message.kind === "state") this.#show(message);
    else if (message.kind !== "pong") this.#settle(message);
  }
  #settle(message: Extract<FromLeader, { kind: "answer" | "failed" }>): void {
    const call = this.#waiting.get(message.number);
    this.#waiting.delete(message.number);
    if (message.kind === "answer") call?.done(message.value);
    else call?.failed(new Fault(message.code as Fault["code"], message.sentence));
  }
  #show({ state, order, changed }: Extract<FromLeader, { kind: "state" }>): void {
    const fresh = new Map(changed.map((message) => [message.id, message]));
    const texts = new Map<string, MessageView>();
    for (const id of order) {
      const text = fresh.get(id) ?? this.#texts.get(id);
      if (text !== undefined) texts.set(id, text);
    }
    this.#texts = texts;
    const whole = state.phase === "ready" && state.open !== undefined;
    this.state = whole ? ({ ...state, open: { ...state.open, messages: [...texts.values()] } } as AppState) : state;
    this.#told(this.state);
  }
  #say(message: FromView): void {
    this.#tabs.say({ nodus: VERSION, epoch: this.epoch, from: "view", tab: this.#tab, ...message });
  }
}

const gone = (): Fault => new Fault("closed", "The tab that was asked is closed; ask again.");

const isMessage = (message: unknown): message is Message =>
  typeof message === "object" && message !== null && "nodus" in message && message.nodus === VERSION;
