/** Cells from direct links, one at a time for each link: what is tried next depends on how the last ended. */
import type { NodeId } from "#node/ports.ts";
import { toHex } from "../bytes.ts";
import { count, type Engine } from "./engine.ts";
import { accountsOf, failed, isSpent } from "./failing.ts";
import { chatOf, unlink } from "./online.ts";
import { receiveDirect } from "./receiving.ts";

/** Cells of one link that wait, ≤ 4 MiB; one that is dropped comes by mailbox. Tier 3. */
const WAITING = 256;

export function heardDirect(engine: Engine, peer: NodeId, cell: Uint8Array): Promise<void> {
  const name = toHex(peer);
  const line = engine.direct.get(name) ?? { waiting: 0, turn: Promise.resolve() };
  if (line.waiting >= WAITING) {
    count(engine, "cell.overrun");
    return Promise.resolve();
  }
  engine.direct.set(name, line);
  line.waiting += 1;
  const done = line.turn.then(() => take(engine, peer, cell));
  // The next has its turn however this one ended; whoever called hears of it.
  line.turn = done.then(
    () => undefined,
    () => undefined,
  );
  return done.finally(() => {
    line.waiting -= 1;
    if (line.waiting === 0) engine.direct.delete(name);
  });
}

async function take(engine: Engine, peer: NodeId, cell: Uint8Array): Promise<void> {
  const chat = chatOf(engine, peer);
  const accounts = accountsOf(peer, chat);
  if (accounts.some((account) => isSpent(engine, account))) {
    count(engine, "cell.unheard");
    return;
  }
  if (await receiveDirect(engine, peer, cell)) return;
  if (!accounts.map((account) => failed(engine, account)).includes(true)) return;
  count(engine, "link.failing");
  if (chat === undefined) engine.post?.drop(peer);
  else unlink(engine, chat);
}
