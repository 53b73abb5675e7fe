/** The worker that reads codes: what goes over to it, and that nobody waits for one that is gone. */
import { afterEach, describe, expect, it } from "vitest";
import { qrPath } from "#adapters/qr.ts";
import { WorkerReader } from "#adapters/qr-read.ts";
import { scriptUrl } from "#adapters/trusted.ts";
import { Fault } from "#node/errors.ts";
import qrUrl from "../../web/src/workers/qr.ts?worker&url";

const SIDE = 300;
const readers: WorkerReader[] = [];
function readerOf(url: string): WorkerReader {
  const reader = new WorkerReader(new Worker(scriptUrl(url), { type: "module" }));
  readers.push(reader);
  return reader;
}
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});

function pictureOf(text: string): ImageData {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SIDE, SIDE];
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const { size, d } = qrPath(text);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, SIDE, SIDE);
  context.scale(SIDE / size, SIDE / size);
  context.fillStyle = "#000000";
  context.fill(new Path2D(d));
  return context.getImageData(0, 0, SIDE, SIDE);
}

describe("a reader of codes", () => {
  it("answers each picture with its own text, and takes the pixels over", async () => {
    const reader = readerOf(qrUrl);
    const [one, two, none] = [pictureOf("one"), pictureOf("zwei, drei"), new ImageData(SIDE, SIDE)];
    const answers = [reader.read(one, false), reader.read(none, true), reader.read(two, true)];
    expect(one.data.length).toBe(0);
    expect(await Promise.all(answers)).toEqual(["one", undefined, "zwei, drei"]);
  });

  it("refuses what waits when it is closed, and what comes later", async () => {
    const reader = readerOf(qrUrl);
    const waiting = reader.read(pictureOf("one"), true);
    reader.close();
    for (const each of [waiting, reader.read(pictureOf("two"), true)]) {
      await expect(each).rejects.toBeInstanceOf(Fault);
      await expect(each).rejects.toMatchObject({ code: "closed" });
    }
  });

  it("refuses when its script does not load", async () => {
    const reader = readerOf("/no-such-script.js");
    await expect(reader.read(pictureOf("one"), true)).rejects.toMatchObject({ code: "closed" });
  });
});
