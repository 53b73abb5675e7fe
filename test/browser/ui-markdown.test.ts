/** The marks of a text: what they become, what stays text, and that no text is lost, thrown at or slow. */
import fc from "fast-check";
import { nothing, render } from "lit";
import { describe, expect, it } from "vitest";
import { isEmojiOnly, markdown, type Piece, parse, unmarked } from "../../web/src/ui/chat/markdown.ts";

/** The tags that a text becomes, in short. */
function drawn(text: string): string {
  const host = document.createElement("div");
  render(markdown(text), host);
  const html = host.innerHTML.replace(/<!--.*?-->/g, "");
  const short = html.replace(/ (?:target|rel)="[^"]*"/g, "");
  render(nothing, host);
  return short;
}
function textContent(text: string): string {
  const host = document.createElement("div");
  render(markdown(text), host);
  return host.textContent ?? "";
}
/** What was written, with and without its marks. */
function written(pieces: readonly Piece[], marks: boolean): string {
  return pieces
    .map((piece) => {
      if (typeof piece === "string") return piece;
      if (piece.kind === "mark") return marks ? piece.text : "";
      return piece.kind === "link" ? piece.text : written(piece.pieces, marks);
    })
    .join("");
}

describe("marks", () => {
  it.each([
    ["a *b* c", "a <strong>b</strong> c"],
    ["**b c**", "<strong>b c</strong>"],
    ["_i_ and ~s~", "<em>i</em> and <s>s</s>"],
    ["*b _both_ b*", "<strong>b <em>both</em> b</strong>"],
    ["`*as is*`", "<code>*as is*</code>"],
    ["(*b*), _i_!", "(<strong>b</strong>), <em>i</em>!"],
    ["*https://a.example/x_y_z*", '<strong><a href="https://a.example/x_y_z">https://a.example/x_y_z</a></strong>'],
    ["```\nlet a = *b*;\n```\nend", '<code class="block">let a = *b*;</code>end'],
    ["```x``` y", '<code class="block">x</code> y'],
    ["so:\n> one\n> *two*\nthree", "so:<blockquote>one\n<strong>two</strong></blockquote>three"],
    ["مرحبا *جدا*", "مرحبا <strong>جدا</strong>"],
  ])("%j", (text, html) => expect(drawn(text)).toBe(html));

  it.each([
    "2*3*4",
    "snake_case_name",
    "* a list\n* of two *",
    "*over\nlines*",
    "*open",
    "**",
    "****",
    "~~x~~",
    "___x___",
    "``",
    "a > b",
    "```open",
    "__init__.py",
    "5 * 3 = 15 * 1",
  ])("%j stays as it is", (text) => expect(textContent(text)).toBe(text));

  it("are left out of a preview", () => {
    expect(unmarked("> *a*\n> b\n`c` https://d.example")).toBe("a\nb c https://d.example");
  });

  it("cross as the one that closes first", () => expect(drawn("*a _b* c_")).toBe("<strong>a _b</strong> c_"));

  it("makes no element of markup, and no link of another scheme", () => {
    expect(drawn("<b>x</b> &amp; javascript:alert(1)")).toBe("&lt;b&gt;x&lt;/b&gt; &amp;amp; javascript:alert(1)");
  });
});

describe("any text", () => {
  const marky = fc.string({
    unit: fc.constantFrom(
      "*",
      "**",
      "_",
      "~",
      "`",
      "```",
      ">",
      "> ",
      "\n",
      " ",
      "a",
      "é",
      "https://a.b/",
      "(",
      ")",
      ".",
      "👍",
    ),
    maxLength: 300,
  });
  it("keeps every character, shows it without its marks, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(marky, fc.string({ unit: "binary", maxLength: 200 })), (text) => {
        const pieces = parse(text);
        expect(written(pieces, true)).toBe(text);
        expect(textContent(text)).toBe(written(pieces, false));
      }),
      { numRuns: 1_500 },
    );
  });

  it("is bounded in elements and levels", () => {
    for (const text of [
      "*a* ".repeat(4_000),
      `${"*_~**".repeat(3_000)}x`,
      "> *a*\n".repeat(2_500),
      "> a\n\n".repeat(3_000),
    ]) {
      const host = document.createElement("div");
      render(markdown(text), host);
      expect(host.querySelectorAll("*").length).toBeLessThan(500);
      expect(host.querySelector("* > * > * > * > * > * > *")).toBeNull();
    }
  });

  /** A hundred times the text takes a hundred times as long, and ten thousand times if each step looks back or ahead. */
  it.each([
    "*",
    "_",
    "*a ",
    "`",
    "` a",
    "```",
    "> ",
    "h",
    "http",
    "http://a.",
    "http://(",
    "https://a.b).,).,",
    "*a_b~",
    "\n",
    ">\n",
    "```a",
    "a\n```",
  ])("takes time linear in %j", (unit) => {
    const time = (length: number): number => {
      const text = unit.repeat(Math.ceil(length / unit.length));
      const start = performance.now();
      parse(text);
      return performance.now() - start;
    };
    parse(unit.repeat(1_000)); // compiled by now
    const best = (length: number): number => Math.min(time(length), time(length), time(length)); // of a busy machine
    const short = best(16_384);
    expect(best(1_638_400)).toBeLessThan(Math.max(short, 0.5) * 1_000);
  });
});

describe("emoji alone", () => {
  it.each(["👍", "🎉🎉", "👩‍👩‍👧‍👦 ❤️", "🇮🇹🏴󠁧󠁢󠁷󠁬󠁳󠁿👍🏽", " 😀 "])("%j is shown large", (text) =>
    expect(isEmojiOnly(text)).toBe(true),
  );
  it.each(["", " ", "1", "#", "👍 ok", "😀😀😀😀", "❤", "👍".repeat(2_000)])("%j is not", (text) =>
    expect(isEmojiOnly(text)).toBe(false),
  );
});
