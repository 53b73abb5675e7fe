import { expect, test } from "vitest";
import { Office } from "./office.ts";
import { MINUTE, meet, words } from "./scenes.ts";

test("copies and cells that nobody of ours wrote are counted, and do nothing", async () => {
  const office = new Office();
  const [ann, ben] = [office.device("ann"), office.device("ben")];
  await ann.start();
  await ben.start();
  const { atA, atB } = await meet(office, ann, ben);
  ben.kill();
  await office.clock.wait(ann.chat.write(atA, "once"));
  await office.clock.advance(MINUTE);
  const kept = office.holders.map((holder) => [...holder].map(([at, cells]) => [at, new Map(cells)] as const));
  await ben.start();
  await office.clock.advance(MINUTE);
  expect(ben.chat.counters.get("cell.copy")).toBeUndefined();
  ben.kill();
  office.holders.forEach((holder, i) => {
    holder.clear();
    for (const [at, cells] of kept[i] ?? []) {
      holder.set(at, cells);
      for (const [tag, { cell, signer }] of [...cells]) {
        if (cell?.length !== 2_048 || signer !== 1) continue;
        const noise = cell.slice();
        noise.set([1, 2, 3, 4], 4);
        cells.set(`01020304${tag.slice(8)}`, { cell: noise, header: noise.slice(0, 20), signer });
      }
    }
  });
  await ben.start();
  await office.clock.advance(MINUTE);
  expect(ben.chat.counters.get("cell.copy")).toBeGreaterThan(0);
  expect(ben.chat.counters.get("cell.foreign")).toBeGreaterThan(0);
  expect((await words(office, ben, atB)).filter((text) => text === "once")).toHaveLength(1);
});
