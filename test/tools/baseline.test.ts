/** The oldest engines that package.json promises (`browserslist`) have all that the app's sources use. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Engine, featureOf, featuresUsed, since, type Used } from "./features.ts";

/** Names of the promise, and of the data. */
const ENGINES: Record<string, readonly Engine[]> = {
  chrome: ["chrome", "chrome_android"],
  edge: ["edge"],
  firefox: ["firefox", "firefox_android"],
  safari: ["safari"],
  ios_saf: ["safari_ios"],
};
/** What may be missing, and what is then different. */
const OPTIONAL: Record<string, string> = {
  ".setAppBadge": "no number on the icon",
  ".clearAppBadge": "no number on the icon",
  TouchEvent: "desktop Safari has none and no touch screen; the type alone is named",
  ".notification": "Chromium and Firefox close a notice that was clicked; the type alone is named",
  Notification: "no notices, and the settings say so",
  ".permission": "of Notification",
  ".isComposing": "kit/composing.ts also takes the key code that Safari gives",
  "field-sizing": "the composer measures its text itself",
  "accent-color": "controls in the colours of the browser",
  "autocorrect=": "a hint for keyboards",
  "autocapitalize=": "a hint for keyboards",
  resize: "no field can be made larger with a finger",
  "overscroll-behavior": "the page behind may scroll along",
  "overflow-anchor": "the timeline keeps its place itself",
  "forced-color-adjust": "the mark in the person's own colours",
  "text-size-adjust": "telephones alone have it",
  "user-select": "its prefixed form stands beside it",
};
/** By their id in web-features: no word in the sources names them. */
const UNNAMED = ["wasm-simd", "js-modules-workers"];

const declared = (JSON.parse(readFileSync("package.json", "utf8")) as { browserslist: string[] }).browserslist.map(
  (entry) => {
    const [, name = "", version = ""] = /^(\w+) >= ([\d.]+)$/.exec(entry) ?? [];
    return { name, version: Number(version) };
  },
);
const used = featuresUsed();
const newer = ({ candidates }: Pick<Used, "candidates">): string[] =>
  declared.flatMap(({ name, version }) =>
    (ENGINES[name] ?? []).flatMap((engine) => {
      const first = since({ candidates }, engine);
      return first > version ? [`${engine} ${first}`] : [];
    }),
  );

describe("the declared baseline", () => {
  it("names each engine", () => {
    expect(declared.map(({ name }) => name)).toEqual(Object.keys(ENGINES));
  });

  it("has all that the sources use, but for what the app does without", () => {
    const missing = used
      .filter(({ word }) => !(word in OPTIONAL))
      .flatMap((each) => newer(each).map((engine) => `${each.word} in ${each.file}: since ${engine}`));
    expect(missing).toEqual([]);
  });

  it.each(UNNAMED)("has %s", (id) => {
    expect(newer(featureOf(id))).toEqual([]);
  });

  it("excuses nothing that is not used or not newer", () => {
    const excused = used.filter(({ word }) => word in OPTIONAL);
    expect(excused.map(({ word }) => word).sort()).toEqual(Object.keys(OPTIONAL).sort());
    expect(excused.filter((each) => newer(each).length === 0).map(({ word }) => word)).toEqual([]);
  });

  it("is looked at by a reader that finds words of script, style and markup", () => {
    const words = used.map(({ word }) => word);
    expect(words).toEqual(
      expect.arrayContaining([".showPopover", "popover=", "light-dark()", ":has", "@container", ".toSorted"]),
    );
    expect(words.length).toBeGreaterThan(300);
  });
});
