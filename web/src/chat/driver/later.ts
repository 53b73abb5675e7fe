/** What is done at a time of its own, or when a run of seconds comes to its end. */
import { background, type Engine } from "./engine.ts";

/** Once, however often it is asked for before. */
export function later(engine: Engine, name: string, ms: number, work: () => Promise<unknown>): void {
  if (engine.later.has(name)) return;
  const run = () => {
    engine.later.delete(name);
    engine.alarms.clear(name);
    return work();
  };
  engine.later.set(name, run);
  engine.alarms.set(name, ms, () => background(engine, "pull", run()));
}
async function now(engine: Engine, kind: string): Promise<void> {
  const due = [...engine.later].filter(([name]) => name.startsWith(kind));
  const done = due.map(([, run]) => run());
  for (const task of done) background(engine, "pull", task);
  await Promise.allSettled(done);
}
/** The boxes that were read, at the rest of their holders. */
export function readRest(engine: Engine): Promise<void> {
  return now(engine, "all:");
}
/** What was read, from its boxes: at the end of a run, too, no holder saw when that was. */
export function removeRead(engine: Engine): Promise<void> {
  return now(engine, "delete:");
}
