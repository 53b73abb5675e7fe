import { expect, test } from "vitest";
import { MINUTE } from "./office.ts";
import { contacts, send, words } from "./people.ts";

test("copies and cells that nobody of ours wrote are counted, and do nothing", async () => {
  const { office, ann, ben, atAnn, atBen } = await contacts();
  ben.kill();
  await send(ann, atAnn, "once");
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
  expect((await words(ben, atBen)).filter((text) => text === "once")).toHaveLength(1);
});
