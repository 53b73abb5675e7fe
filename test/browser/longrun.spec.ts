/** The long run in its short form; `npm run longrun` kills twenty times among four hundred texts. */
import { expect, test } from "@playwright/test";
import { longRun } from "../longrun/longrun.ts";

test("thirty texts each way, four kills: each arrives once and in order, and no key seals two cells", async () => {
  const report = await longRun({ seed: "short", texts: 30, kills: 4, tell: (line) => console.log(line) });
  console.log(JSON.stringify(report));
  const { sent, lost, double, outOfOrder, stepsReused, keysReused, faults, kills } = report;
  expect({ sent, lost, double, outOfOrder, kills }).toEqual({ sent: 60, lost: 0, double: 0, outOfOrder: 0, kills: 4 });
  expect({ stepsReused, keysReused, faults }).toEqual({ stepsReused: 0, keysReused: 0, faults: [] });
  // What was seen of the cells is enough to say so: each text left in one, by both ways.
  expect(Math.min(report.atHolders, report.direct)).toBeGreaterThan(5);
});
