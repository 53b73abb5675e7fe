/** When a node that just started counts as at rest: what is measured after it is not its joining. */
import { systemRandom } from "#adapters/random.ts";
import type { Node } from "#node/api.ts";

const LIMIT_MS = 60_000;

const SEARCHES = 5;
const STORE = 1;

/** Resolves when each of five searches in a row tells of this many holders: a young network learns of itself first. */
export async function settled(node: Node, holders: number): Promise<void> {
  let good = 0;
  const rest = async () => {
    if (!node.online()) return false;
    await pause(100);
    const found = await node.find(systemRandom.bytes(32), STORE).catch(() => []);
    good = found.length >= holders ? good + 1 : 0;
    return good === SEARCHES;
  };
  await until(rest, `the node finds ${holders} holders`, 120_000);
}

export const pause = (ms: number): Promise<void> => new Promise((next) => setTimeout(next, ms));

export async function until(done: () => boolean | Promise<boolean>, what: string, limit = LIMIT_MS): Promise<void> {
  const end = performance.now() + limit;
  while (!(await done())) {
    if (performance.now() > end) throw new Error(`it never happened: ${what}`);
    await pause(2);
  }
}
