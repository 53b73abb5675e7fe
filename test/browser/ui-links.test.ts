/** Links in a text: where they end, what they open, and that a person is shown where that is. */
import fc from "fast-check";
import { nothing, render } from "lit";
import { afterEach, describe, expect, it } from "vitest";
import { skeleton } from "#adapters/confusables.ts";
import { asksForSkeleton, markdown, parse } from "../../web/src/ui/chat/markdown.ts";
import { find, until } from "./drawn.ts";
import { opened } from "./fixture.ts";
import { message } from "./fixture-talk.ts";
import { clear, get, show, textOf } from "./stage.ts";

afterEach(clear);

interface Link {
  href: string;
  shown: string;
  goes: string | undefined;
}
function linksOf(text: string, known = true): Link[] {
  const host = document.createElement("div");
  render(markdown(text, known ? skeleton : undefined), host);
  const links = [...host.querySelectorAll("a")].map((link) => {
    expect([link.target, link.rel]).toEqual(["_blank", "noopener noreferrer"]);
    const goes = link.querySelector(".goes");
    const shown = (goes ? link.querySelector("bdi") : link)?.textContent ?? "";
    return { href: link.href, shown, goes: goes?.textContent?.slice(1, -1) };
  });
  render(nothing, host);
  return links;
}
const only = (text: string, known = true): Link => {
  const links = linksOf(text, known);
  expect(links, text).toHaveLength(1);
  return links[0] as Link;
};

describe("a link is drawn", () => {
  it.each([
    ["請看https://example.org/a。謝謝", "https://example.org/a"],
    ["(see https://example.org/a_(b)_c)", "https://example.org/a_(b)_c"],
    ["(https://example.org/a_(b))", "https://example.org/a_(b)"],
    ["[https://example.org/a[1]]", "https://example.org/a[1]"],
    ["「https://example.org/a」と", "https://example.org/a"],
    ["【https://example.org/a】", "https://example.org/a"],
    ["『https://example.org/a』！", "https://example.org/a"],
    ["https://example.org/a、https", "https://example.org/a"],
    ["去https://example.org/a！好？", "https://example.org/a"],
    ["（https://example.org/a）", "https://example.org/a"],
    ["https://example.org看", "https://example.org"],
    ["“https://example.org/a”, he said", "https://example.org/a"],
    ["«https://example.org/a»", "https://example.org/a"],
    ["„https://example.org/a“", "https://example.org/a"],
    ["it is 'https://example.org/a'.", "https://example.org/a"],
    ["https://example.org/a؟ هل", "https://example.org/a"],
    ["https://example.org/a।", "https://example.org/a"],
    ["https://example.org/a…", "https://example.org/a"],
    ["https://example.org/a—which", "https://example.org/a"],
    ["https://example.org/a?!...", "https://example.org/a"],
    ["<https://example.org/a>", "https://example.org/a"],
    ["&lt;https://example.org/a&gt; b", "https://example.org/a"],
    ["href=&quot;https://example.org/a&quot;", "https://example.org/a"],
    ["https://example.org/?a=1&b=2;", "https://example.org/?a=1&b=2"],
    ["\u2068https://example.org/a\u2069", "https://example.org/a"],
    ["https://example.org/a 👍", "https://example.org/a"],
    ["https://example.org/a👍", "https://example.org/a"],
    ["*https://example.org/a_b_c*", "https://example.org/a_b_c"],
    ["_see **https://example.org/a**_", "https://example.org/a"],
    ["~https://example.org/a~", "https://example.org/a"],
    ["> https://example.org/a", "https://example.org/a"],
    ["HTTPS://EXAMPLE.ORG/A", "HTTPS://EXAMPLE.ORG/A"],
    ["http://localhost:8787/#x", "http://localhost:8787/#x"],
    ["https://example.org:8443/a", "https://example.org:8443/a"],
    ["http://[::1]:8080/a", "http://[::1]:8080/a"],
    ["(http://[::1])", "http://[::1]"],
    ["http://127.0.0.1/", "http://127.0.0.1/"],
    ["https://medium.example/@ada/x", "https://medium.example/@ada/x"],
    ["https://example.org/日本", "https://example.org/日本"],
    ["https://ja.example.org/wiki/東京_(曖昧)。", "https://ja.example.org/wiki/東京_(曖昧)"],
    ["https://xn--80ak6aa92e.com", "https://xn--80ak6aa92e.com"],
    ["https://bücher.example/a", "https://bücher.example/a"],
    ["https://пример.рф.", "https://пример.рф"],
    ["https://例え.テスト", "https://例え.テスト"],
    ["https://中文tv.example", "https://中文tv.example"],
    ["https://דוגמה.example/a", "https://דוגמה.example/a"],
    ["https://παράδειγμα.example", "https://παράδειγμα.example"],
    ["https://उदाहरण.example", "https://उदाहरण.example"],
  ])("in %j from its beginning to its end, as it stands", (text, typed) => {
    const link = only(text);
    expect(link).toEqual({ href: new URL(typed).href, shown: typed, goes: undefined });
  });

  it.each([
    ["see www.example.org/a, please", "www.example.org/a", "https://www.example.org/a"],
    ["請看www.example.org。", "www.example.org", "https://www.example.org/"],
    ["*WWW.example.org*", "WWW.example.org", "https://www.example.org/"],
    ["_www.example.org_", "www.example.org", "https://www.example.org/"],
    ["mail ada.l+x@example.org.", "ada.l+x@example.org", "mailto:ada.l+x@example.org"],
    ["<ada@example.org>", "ada@example.org", "mailto:ada@example.org"],
    ["mailto:ada@example.org", "ada@example.org", "mailto:ada@example.org"],
    ["寄到ada@example.org謝謝", "ada@example.org", "mailto:ada@example.org"],
    ["_ada_b@example.co.uk_", "ada_b@example.co.uk", "mailto:ada_b@example.co.uk"],
  ])("without a scheme in %j", (text, shown, href) => expect(only(text)).toEqual({ href, shown, goes: undefined }));

  it.each([
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "JaVaScRiPt:alert`1`",
    "vbscript:x file:///etc/passwd blob:x ftp://example.org",
    "https://",
    "https://:80/",
    "http://a:b:c",
    "www.",
    "www.example",
    "awww.example.org",
    "a@b",
    "@ada",
    "a@@example.org",
    "a@1.2.3.4",
    "`https://example.org`",
    "example.org",
  ])("not in %j", (text) => expect(linksOf(text)).toEqual([]));
});

describe("a link shows the ASCII host that it opens", () => {
  it.each([
    ["https://аррӏе.com/", "xn--80ak6aa92e.com"], // Cyrillic as a whole
    ["https://раураӏ.example", "xn--80aa0cbo65f.example"],
    ["https://gооgle.com/a", undefined], // two Cyrillic letters
    ["https://gοοgle.com/a", undefined], // Greek
    ["https://exam\u0440le.org", undefined],
    ["https://googıe.com", undefined], // without a dot
    ["https://ɡoogle.com", undefined], // phonetic
    ["https://gооgle.соm/a", undefined],
    ["https://exam\u0338ple.org", undefined],
    ["https://սոо.example", undefined],
    ["https://example.comノlogin.evil.example/", undefined],
    ["https://bank.com@evil.org", "evil.org"],
    ["https://bank.com:443@evil.org/a", "evil.org"],
    ["https://bank.com%2Fa@evil.org/", "evil.org"],
    ["https://bank.com\u2215a@evil.org/", "evil.org"],
    ["https://evil.org\\@bank.com", "evil.org"],
    ["https://exa\u200Bmple.org", "example.org"],
    ["https://exa\u00ADmple.org", "example.org"],
    ["https://evil.org/\u202Egro.knab//:sptth", "evil.org"],
    ["https://evil.org/\u2066x\u2069y", "evil.org"],
    ["https://ｅxample.org/", "example.org"],
    ["https://exam%70le.org/", "example.org"],
    ["http://2130706433/", "127.0.0.1"],
    ["http://0x7f.1/", "127.0.0.1"],
    ["https:///evil.org/a", "evil.org"],
    ["https://ⓔⓧample.org/", "example.org"],
    ["www.exam\u0440le.org", undefined],
    ["ada@аррӏе.com", "xn--80ak6aa92e.com"],
    ["https://אבג.example/1/2", undefined],
  ])("for %j", (text, goes) => {
    const link = only(text);
    const { host } = new URL(link.href.replace("mailto:", "https://"));
    expect(link.goes).toBe(goes ?? host);
    expect(link.goes).toBe(host);
    expect(link.goes).toMatch(/^[!-~]+$/);
    expect(link.shown).toBe(text);
  });

  it("for all that is not ASCII, as long as the table of look-alikes is not there", () => {
    expect(only("https://bücher.example", false).goes).toBe("xn--bcher-kva.example");
    expect(only("https://example.org/ü", false).goes).toBeUndefined();
    for (const text of ["https://bücher.example", "www.é.example", "a@é.example"])
      expect(asksForSkeleton(text)).toBe(true);
    for (const text of ["https://a.example/é", "é", "a@b.example é"]) expect(asksForSkeleton(text)).toBe(false);
  });

  it("in a chat, and a plain one there as soon as the table has come", async () => {
    const texts = ["https://аррӏе.com/", "https://bücher.example"].map((text) => message(false, 1_000, text));
    const state = { ...opened, open: { id: opened.open?.id ?? "", messages: texts, notes: [], more: false } };
    await show({ state, route: { chat: state.open.id } }, { skeleton: async () => skeleton });
    const links = (): string[] => [...(get("nodus-timeline").shadowRoot?.querySelectorAll("a") ?? [])].map(textOf);
    await until(() => find("nodus-timeline a") !== undefined || links().length === 2);
    await until(() => links()[1] === "https://bücher.example");
    expect(links()[0]).toBe("https://аррӏе.com/ (xn--80ak6aa92e.com)");
  });
});

describe("of any text with addresses", () => {
  const parts = fc.constantFrom(
    ..."https:// http:// www. @ / : . - _ ( ) [ ] ? # % \\ 。 、 ！ 」 * ~ ` a b.c example.org é а ӏ р 例 ノ １ ⓔ א ع ́ 👍 &gt; & ; 1 0x7f".split(
      " ",
    ),
    " ",
    "\n",
    "\u200b",
    "\u202e",
    "\u2069",
    "\u00ad",
    "\ufe0f",
    "\ud800",
  );
  const texts = fc.oneof(
    fc.string({ unit: parts, maxLength: 30 }),
    fc.string({ unit: "binary" }).map((text) => `https://${text}`),
    fc.webUrl().map((url) => `(${url})`),
  );
  it("what a link opens is what it shows", () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, known) => {
        for (const piece of parse(text, known ? skeleton : undefined)) {
          if (typeof piece === "string" || piece.kind !== "link") continue;
          const { host, hostname, protocol } = new URL(piece.url.replace(/^mailto:/, "https://"));
          expect(protocol).toMatch(/^https?:$/);
          if (piece.goes !== undefined) {
            expect(piece.goes).toBe(host);
            continue;
          }
          const shown = /^(?:[a-z]+:\/\/|[^@/]*@)?([^/?#]*?)(?::\d*)?(?:[/?#]|$)/i.exec(piece.text)?.[1] ?? "";
          expect(shown).not.toMatch(/[@\\\p{Cf}\u202e]/u);
          if (shown.toLowerCase() === hostname) continue;
          expect(new URL(`https://${shown}`).hostname).toBe(hostname);
          expect(known).toBe(true);
          for (const label of shown.split(".")) if (/[^!-~]/.test(label)) expect(skeleton(label)).toMatch(/[^!-~]/);
        }
      }),
      { numRuns: 4_000 },
    );
  });

  it("every character stays, and drawing does not throw", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const host = document.createElement("div");
        render(markdown(text, skeleton), host);
        for (const goes of host.querySelectorAll(".goes")) {
          goes.previousSibling?.remove();
          goes.remove();
        }
        const all = (pieces: ReturnType<typeof parse>, marks: boolean): string =>
          pieces
            .map((piece) => {
              if (typeof piece === "string") return piece;
              if (piece.kind === "mark") return marks ? piece.text : "";
              return piece.kind === "link" ? piece.text : all(piece.pieces, marks);
            })
            .join("");
        expect(all(parse(text, skeleton), true)).toBe(text);
        expect((host.textContent ?? "").replace(/ (?=$)/, "").trimEnd()).toBe(
          all(parse(text, skeleton), false).trimEnd(),
        );
        render(nothing, host);
      }),
      { numRuns: 1_000 },
    );
  });
});
