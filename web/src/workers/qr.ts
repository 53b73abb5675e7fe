/** The worker that reads QR codes. Its orders come from `WorkerReader` (adapters/qr-read.ts). */
import { decode } from "#adapters/qr-decode.ts";
import type { ReadNews, ReadOrder } from "#adapters/qr-read.ts";

addEventListener("message", ({ data: { id, image, still } }: MessageEvent<ReadOrder>) => {
  const news: ReadNews = { id, text: decode(image, still) };
  postMessage(news);
});
