/**
 * Network time (protocol.md §0): monotonic clock + the median offset of the live links' wall clocks and our own.
 *
 * 1. Offsets are held against the monotonic clock: a corrected wall clock moves nothing until the next wake.
 * 2. A single link is believed over our own clock only by who dialed it, so that two nodes alone do not swap clocks.
 * 3. More than 24 h away from what was last stored is believed only from two distinct hosts. One that was dialed and
 *    proved itself counts even where no link came of it: as long as we are that far off, our record is refused. Until
 *    then the difference is told as a doubt: most likely it is our own clock.
 * 4. Small differences are slewed, those above 5 min stepped and told (`timeStepped`).
 */
import type { Effect, Input } from "../event.ts";
import type { Clock, LinkHandle, Table } from "../ports.ts";
import { type Machine, NOTHING } from "./machine.ts";
import type { Time } from "./reckoning.ts";

const MINUTE_MS = 60_000;
/** Freshness on the wire is ± 10 min; beyond it a single link is believed, and the person is told. */
const FAR_MS = 10 * MINUTE_MS;
const STEP_MS = 5 * MINUTE_MS;
/** A day, for the wrong day is what people set, and what two honest clocks may differ. */
const JUMP_MS = 24 * 60 * MINUTE_MS + FAR_MS;
/** Slewing: so many ms for each ms passed. */
const SLEW = 0.1;
/** After start and wake the first samples are taken at once. */
const SETTLING_MS = 30_000;
const SAVE_EVERY_MS = 10 * MINUTE_MS;
/** Hosts remembered while a jump is not believed. */
const WITNESSES = 8;
const KEY = "node/skew";

interface Sample {
  offset: number;
  host: string;
  dialed: boolean;
}

/** The time that the context shows; `createTime` moves it. */
export class NetworkClock implements Time {
  /** network time − monotonic now. */
  offset: number;
  /** False while links tell of a time more than a day away that too few hosts vouch for. */
  sure = true;
  /** Own wall clock − what those links tell, ms; only while not sure. */
  doubt = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.offset = clock.wall() - clock.now();
  }

  network(now: number): number {
    return Math.round(now + this.offset);
  }

  wall(): number {
    return Math.round(this.#clock.wall());
  }

  past(at: number, now: number): boolean {
    return this.network(now) >= at && this.#clock.wall() >= at;
  }
}

export const createTime = (clock: NetworkClock, table: Table, serial: () => number): Machine => {
  const samples = new Map<LinkHandle, Sample>();
  /** Offsets by host, of dials that ended while a jump was not believed. */
  const witnesses = new Map<string, number>();
  let own = clock.offset;
  /** network time − own wall clock, as last stored. */
  let storedSkew = 0;
  let settledAt = SETTLING_MS;
  let movedAt = 0;
  let savedAt = Number.NEGATIVE_INFINITY;
  let told = false;
  const load = serial();

  const target = (): number | undefined => {
    const all = [...samples.values()];
    const [first] = all;
    if (!first) return undefined;
    let aim: number;
    if (all.length === 1 && Math.abs(first.offset - own) > FAR_MS) aim = first.dialed ? first.offset : own;
    else aim = median([own, ...all.map((sample) => sample.offset)]);
    if (Math.abs(aim - own - storedSkew) <= JUMP_MS) return aim;
    // A jump: its backers must be of two hosts.
    const backers = new Set(all.filter((one) => Math.abs(one.offset - aim) < FAR_MS).map((one) => one.host));
    for (const [host, offset] of witnesses) if (Math.abs(offset - aim) < FAR_MS) backers.add(host);
    return backers.size >= 2 ? aim : undefined;
  };

  const move = (now: number): Effect[] => {
    const aim = target();
    if (aim === undefined && samples.size > 0) {
      clock.sure = false;
      clock.doubt = Math.round(own - median([...samples.values()].map((sample) => sample.offset)));
    }
    if (aim === undefined) {
      if (clock.sure) return [];
      return [
        { type: "count", counter: "refused.timeJump" },
        { type: "emit", event: "skew", detail: { ms: clock.doubt } },
      ];
    }
    clock.sure = true;
    witnesses.clear();
    const difference = aim - clock.offset;
    const step = now < settledAt || Math.abs(difference) > STEP_MS;
    const most = step ? Number.POSITIVE_INFINITY : (now - movedAt) * SLEW;
    const by = Math.sign(difference) * Math.min(Math.abs(difference), most);
    movedAt = now;
    clock.offset += by;
    table.setTimeOffset(clock.offset);
    const effects: Effect[] = [];
    if (Math.abs(by) > STEP_MS) effects.push({ type: "timeStepped", by });
    const skew = clock.offset - own;
    if (Math.abs(skew) > FAR_MS !== told) {
      told = !told;
      effects.push({ type: "emit", event: "skew", detail: { ms: Math.round(-skew) } });
    }
    if (now - savedAt >= SAVE_EVERY_MS) {
      savedAt = now;
      storedSkew = skew;
      const value = new Uint8Array(8);
      new DataView(value.buffer).setFloat64(0, skew);
      effects.push({ type: "save", save: serial(), changes: [{ key: KEY, value }] });
    }
    return effects;
  };

  /** The link is gone, or never came to be. */
  const lost = (link: LinkHandle): void => {
    const sample = samples.get(link);
    samples.delete(link);
    if (!sample?.dialed || Math.abs(sample.offset - own - storedSkew) <= JUMP_MS) return;
    if (witnesses.size < WITNESSES) witnesses.set(sample.host, sample.offset);
  };

  /** Own clock anew, and all links' clocks as they answer. */
  const measure = (now: number): void => {
    own = clock.wall() - now;
    witnesses.clear();
    settledAt = now + SETTLING_MS;
    if (samples.size === 0) clock.offset = own;
    table.setTimeOffset(clock.offset);
  };

  return {
    name: "time",
    hears: ["start", "loaded", "timeSample", "linkDown", "handshakeFailed", "wake"],
    step(input: Input, now: number) {
      switch (input.type) {
        case "start":
          measure(now);
          return [{ type: "load", load, keys: [KEY] }];
        case "loaded": {
          const [value] = input.values;
          if (input.load !== load || value?.length !== 8) return NOTHING;
          storedSkew = new DataView(value.buffer, value.byteOffset).getFloat64(0) || 0;
          return NOTHING;
        }
        case "timeSample":
          samples.set(input.link, input);
          return move(now);
        case "linkDown":
        case "handshakeFailed":
          lost(input.link);
          return NOTHING;
        case "wake":
          measure(now);
          return NOTHING;
        default:
          return NOTHING;
      }
    },
  };
};

const median = (values: number[]): number => {
  values.sort((a, b) => a - b);
  const half = values.length >> 1;
  const upper = values[half] ?? 0;
  return values.length % 2 === 1 ? upper : ((values[half - 1] ?? 0) + upper) / 2;
};
