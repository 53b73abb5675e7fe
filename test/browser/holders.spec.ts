/** The number of copies is a count, not a memory: it falls when holders die and rises when they are back. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { cleanUp } from "../relay/process.ts";
import { friends } from "./friends.ts";
import { sayGoodbye } from "./people.ts";

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

/** Processes that the relay started, the first first. */
function childrenOf(pid: number | undefined): number[] {
  const numbers = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((child) => parentOf(child) === pid);
}
function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return undefined; // it ended meanwhile
  }
}

test("three of eight holders are killed, and the number falls", async () => {
  const { relay, ann, ben } = await friends();
  await ben.close();

  await ann.write("counted");
  await expect(ann.status(/Stored 8\/8, until /)).toBeVisible();
  for (const pid of childrenOf(relay.child.pid).slice(0, 3)) process.kill(pid, "SIGKILL");
  await expect(ann.status(/Stored [3-6]\/8, until /)).toBeVisible();
});
