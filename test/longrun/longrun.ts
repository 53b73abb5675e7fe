/**
 * The long run: two real browsers write numbered texts to each other over a real bootstrap node, and are killed while they
 * do, twenty times, at moments that a seed draws. At the end both must hold every text once and in order, and no key may
 * have sealed two cells. Moments: plan.ts; keys: witness.ts.
 */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { endMortals, frames } from "../browser/mortal.ts";
import { newProfile, sayGoodbye } from "../browser/people.ts";
import { cleanUp, type Running, start } from "../relay/process.ts";
import { planOf, type Round, WHO, type Who } from "./plan.ts";
import { type Engine, LIMIT_MS, numbersOf, Talker } from "./talker.ts";
import { type Findings, Witness } from "./witness.ts";

const PEERS = 4;
/** A direct link comes within this time, or the round begins without one. */
const LINK_MS = 20_000;
/** All texts are through long before; a run that needs more has lost some. */
const SETTLE_MS = 120_000;
const LOOK_MS = 500;
/** What comes twice comes late: the last look is so much later than the first complete one. */
const LATE_MS = 8_000;

export interface Options {
  seed: string;
  /** Each way. */
  texts: number;
  kills: number;
  /** Ann's; Ben's is Chromium. */
  engine?: Engine;
  /** Hears a line for each kill. */
  tell(line: string): void;
}
export interface Report extends Findings {
  /** Texts both ways. */
  sent: number;
  /** Texts that their author or the other does not have at the end, copies beyond one, and pairs in the wrong order. */
  lost: number;
  double: number;
  outOfOrder: number;
  kills: number;
  /** Texts that arrived and of which their author was not told yet: an acknowledgement that a kill took comes later. */
  unconfirmed: number;
  faults: string[];
  seed: string;
  seconds: number;
}

export async function longRun(options: Options): Promise<Report> {
  const run = new Run(options);
  try {
    await run.meet();
    for (const round of planOf(options.seed, options.texts, options.kills)) await run.round(round);
    return await run.report();
  } finally {
    endMortals();
    await sayGoodbye();
    await cleanUp();
  }
}

/** Whether a report is what it must be. */
export function holds(report: Report, { texts, kills }: Pick<Options, "texts" | "kills">): boolean {
  const { sent, lost, double, outOfOrder, stepsReused, keysReused, faults } = report;
  const none = lost + double + outOfOrder + stepsReused + keysReused + faults.length === 0;
  // A witness that saw too little has nothing to say.
  const seen = report.atHolders > 0 && report.direct > 0;
  return none && seen && sent === 2 * texts && report.kills >= kills;
}

class Run {
  readonly #options: Options;
  readonly #witness = new Witness();
  readonly #began = performance.now();
  #node!: Running;
  #talkers!: Record<Who, Talker>;
  #kills = 0;
  readonly #faults: string[] = [];

  constructor(options: Options) {
    this.#options = options;
  }

  async meet(): Promise<void> {
    this.#node = await this.#start([]);
    const [annAt, benAt] = [await newProfile("Ann"), await newProfile("Ben")];
    const ann = new Talker("ann", "Ben", annAt, this.#witness, this.#options.engine);
    const ben = new Talker("ben", "Ann", benAt, this.#witness);
    this.#talkers = { ann, ben };
    const inviter = await ann.open(this.#node.url);
    await inviter.begin();
    const guest = await ben.open(await inviter.invite());
    await guest.begin();
    await guest.answer("hello");
    await inviter.accept("Ben");
    await guest.status("Read").waitFor({ timeout: LIMIT_MS });
  }

  /** Both write, the moment comes, whoever lives writes on, and who was killed comes back and writes the rest. */
  async round(round: Round): Promise<void> {
    if (round.linked) await this.#talkers.ann.linked(LINK_MS);
    const goal = Object.fromEntries(WHO.map((who) => [who, this.#talkers[who].written + round.texts]));
    const writeTo = async (who: Who, number: number): Promise<void> => {
      while (this.#talkers[who].written < number) await this.#talkers[who].write();
    };
    const left = round.texts - round.before;
    await Promise.all(WHO.map((who) => writeTo(who, (goal[who] ?? 0) - left)));
    await this.#strike(round);
    const survivors = WHO.filter((who) => !round.victims.includes(who));
    const writing = Promise.all(survivors.map((who) => writeTo(who, goal[who] ?? 0)));
    if (round.node) await this.#restartNode();
    for (const who of round.victims) await this.#talkers[who].back(this.#node.url);
    await Promise.all([writing, ...round.victims.map((who) => writeTo(who, goal[who] ?? 0))]);
  }

  async #strike({ moment, victims, frames: count }: Round): Promise<void> {
    const struck = victims.map((who) => this.#talkers[who]);
    const [victim] = struck as [Talker, ...Talker[]];
    const other = WHO.map((who) => this.#talkers[who]).find((talker) => talker !== victim) as Talker;
    let written: Promise<void> | undefined;
    if (moment === "written") {
      await victim.mute();
      await victim.write();
    } else if (moment === "sending") {
      await victim.enter();
      await frames(victim.person, count);
    } else if (moment === "receiving") {
      await other.enter();
      written = other.stands();
      await frames(victim.person, count);
    } else {
      await Promise.all([victim.enter(), other.enter()]);
      await frames(victim.person, count);
    }
    for (const talker of struck) this.#faults.push(...talker.person.faults);
    await Promise.all(struck.map((talker) => talker.kill()));
    await written;
    for (const { who } of struck) {
      const seconds = Math.round((performance.now() - this.#began) / 1_000);
      const texts = WHO.reduce((sum, name) => sum + this.#talkers[name].written, 0);
      const line = `kill ${++this.#kills} of ${this.#options.kills}: ${who} (${moment}), ${texts} texts, ${seconds} s`;
      this.#options.tell(line);
    }
  }

  async #start(args: readonly string[]): Promise<Running> {
    const node = await start(["--peers", String(PEERS), ...args]);
    const folders = [node.data, ...Array.from({ length: PEERS }, (_, at) => join(node.data, `peer-${at + 1}`))];
    for (const folder of folders) this.#witness.keep(join(folder, "store.db"));
    return node;
  }
  async #restartNode(): Promise<void> {
    const { url, data } = this.#node;
    await this.#node.stop("SIGKILL");
    this.#node = await this.#start(["--port", new URL(url).port, "--data", data]);
    this.#options.tell("the bootstrap node was killed and started again");
  }

  async report(): Promise<Report> {
    const end = performance.now() + SETTLE_MS;
    const wrong = async (): Promise<number> => {
      const { lost, double, outOfOrder } = await this.#count();
      return lost + double + outOfOrder;
    };
    while ((await wrong()) > 0 && performance.now() < end) await pause(LOOK_MS);
    await pause(LATE_MS);
    for (const who of WHO) this.#faults.push(...this.#talkers[who].person.faults);
    // Once more from the disks: what is on a screen might be there alone.
    for (const who of WHO) await this.#talkers[who].kill();
    for (const who of WHO) await this.#talkers[who].back(this.#node.url);
    const { lost, double, outOfOrder, unconfirmed } = await this.#count();
    const sent = WHO.reduce((sum, who) => sum + this.#talkers[who].written, 0);
    const seconds = Math.round((performance.now() - this.#began) / 1_000);
    const { stepsReused, keysReused, ...seen } = this.#witness.findings();
    const { seed } = this.#options;
    const faults = this.#faults;
    const counts = { outOfOrder, stepsReused, keysReused, unconfirmed };
    return { sent, lost, double, kills: this.#kills, ...counts, ...seen, faults, seed, seconds };
  }

  async #count(): Promise<Pick<Report, "lost" | "double" | "outOfOrder" | "unconfirmed">> {
    const total = { lost: 0, double: 0, outOfOrder: 0, unconfirmed: 0 };
    for (const holder of WHO) {
      const shown = await this.#talkers[holder].shown(true);
      for (const author of WHO) {
        const numbers = numbersOf(shown, author, author === holder);
        const { written } = this.#talkers[author];
        total.lost += written - new Set(numbers).size;
        total.double += numbers.length - new Set(numbers).size;
        total.outOfOrder += numbers.filter((number, at) => at > 0 && number < (numbers[at - 1] ?? 0)).length;
      }
      const confirmed = ["delivered", "read"];
      total.unconfirmed += shown.filter(
        ({ mine, delivery }) => mine && !confirmed.includes(delivery?.kind ?? ""),
      ).length;
    }
    return total;
  }
}
