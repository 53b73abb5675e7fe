/** What becomes of the tests where a browser engine is missing. */
import { describe, expect, it } from "vitest";
import { lookForEngines } from "../../tools/engines.mjs";

const onlyFirefox = async (engine: string): Promise<void> => {
  if (engine !== "firefox") throw new Error(`${engine} is missing. Run this and try again: get ${engine}`);
};

describe("engines for the tests", () => {
  it("names the command that gets a missing one, and goes on with those that are there", async () => {
    expect(await lookForEngines(false, onlyFirefox)).toEqual({
      there: ["firefox"],
      missing: [{ engine: "webkit", told: "webkit is missing. Run this and try again: get webkit", fails: false }],
    });
  });

  it("counts a missing one as a failure where everything is to be tested", async () => {
    const { missing } = await lookForEngines(true, onlyFirefox);
    expect(missing.map(({ engine, fails }) => [engine, fails])).toEqual([["webkit", true]]);
  });
});
