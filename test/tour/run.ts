/**
 * The tour: two people, then a third, in browsers of their own over a real bootstrap node, through all of product.md that
 * is built. A line a step; dist/tour/index.html has the pictures; the last line is JSON. Ends with 1 where a step failed,
 * axe found something or a page reported an error. Started by npm run tour (tools/tour.mjs).
 */
import { sayGoodbye } from "../browser/people.ts";
import { cleanUp } from "../relay/process.ts";
import { away } from "./away.ts";
import { keeping } from "./keeping.ts";
import { later } from "./later.ts";
import { leaving } from "./leaving.ts";
import { meeting } from "./meeting.ts";
import { own } from "./own.ts";
import { tabs } from "./tabs.ts";
import { talking } from "./talking.ts";
import { Tour } from "./tour.ts";
import { World } from "./world.ts";

const heard: string[] = [];
const tour = new Tour(heard);
let fine = false;
try {
  const world = await World.begin(heard);
  for (const chapter of [meeting, keeping, talking, own, tabs, away, leaving, later]) await chapter(tour, world);
  await world.allLeave();
  fine = tour.end(world.faults);
} finally {
  await sayGoodbye();
  await cleanUp();
}
process.exit(fine ? 0 : 1);
