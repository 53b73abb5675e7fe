/** What happens when in a long run: drawn from its seed before anything starts, so that a seed names one run. */
import { SeededRandom } from "../../web/src/adapters/memory-random.ts";

export type Who = "ann" | "ben";
export const WHO: readonly Who[] = ["ann", "ben"];
/**
 * written: on the screen, nothing sent yet. sending: some frames after Enter. receiving: some frames after the other
 * end's Enter. both: both have pressed Enter, and both are killed at once.
 */
export type Moment = "written" | "sending" | "receiving" | "both";

export interface Round {
  moment: Moment;
  victims: readonly Who[];
  /** Texts that each writes in this round, and how many before the moment. */
  texts: number;
  before: number;
  /** Frames of the screen from the key to the end. */
  frames: number;
  /** The round begins when the two are linked directly, where that comes soon. */
  linked: boolean;
  /** The bootstrap node and its peers are killed, too, and start again. */
  node: boolean;
}

const MOMENTS: readonly Moment[] = ["written", "sending", "receiving", "both"];
/** About 800 ms: a text that waits for an acknowledgement of its direct link or its holders. */
const FRAMES = 48;

export function planOf(seed: string, texts: number, kills: number): Round[] {
  const random = new SeededRandom(`longrun/${seed}`);
  const rounds: Pick<Round, "moment" | "victims">[] = [];
  for (let left = kills; left > 0; ) {
    // Each in turn, so that a short run has all of them; who is hit and when is drawn.
    const moment = left === 1 && rounds.length % 4 === 3 ? "sending" : (MOMENTS[rounds.length % 4] as Moment);
    const victims = moment === "both" ? WHO : [WHO[random.below(2)] as Who];
    rounds.push({ moment, victims });
    left -= victims.length;
  }
  const node = random.below(rounds.length);
  return rounds.map((round, index) => {
    const share = Math.floor((texts * (index + 1)) / rounds.length) - Math.floor((texts * index) / rounds.length);
    return {
      ...round,
      texts: share,
      before: random.below(Math.max(1, share)),
      frames: random.below(FRAMES),
      linked: random.chance(0.5),
      node: index === node,
    };
  });
}
