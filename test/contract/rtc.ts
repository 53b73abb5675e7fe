/** What every `Rtc` promises: one offer, one answer, one channel. Its channels pass `channelContract` too. */
import { afterEach, describe, expect, it } from "vitest";
import type { Channel, Rtc } from "#node/ports.ts";
import { channelContract } from "./channel.ts";
import { NEVER } from "./transport.ts";

export interface RtcBench {
  offerer: Rtc;
  answerer: Rtc;
  until(done: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Runs the bench until this promise settles. */
async function run<T>(bench: RtcBench, promise: Promise<T>): Promise<T> {
  let settled = false;
  const mark = (): void => {
    settled = true;
  };
  promise.then(mark, mark);
  await bench.until(() => settled);
  return promise;
}

async function connect(bench: RtcBench): Promise<[Channel, Channel]> {
  const offer = await run(bench, bench.offerer.offer([], NEVER));
  const answer = await run(bench, bench.answerer.answer(offer.sdp, [], NEVER));
  return run(bench, Promise.all([offer.accept(answer.sdp), answer.channel]));
}

export function rtcContract(name: string, make: () => Promise<RtcBench>): void {
  channelContract(name, async () => {
    const bench = await make();
    const [near, far] = await connect(bench);
    return { near, far, until: bench.until, close: bench.close };
  });

  describe(`${name}: rtc`, () => {
    const benches: RtcBench[] = [];
    const bench = async (): Promise<RtcBench> => {
      const made = await make();
      benches.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of benches.splice(0)) await made.close();
    });

    it("rejects an offer and an answer that make no sense", async () => {
      const made = await bench();
      await expect(run(made, made.answerer.answer("hello", [], NEVER))).rejects.toThrow();
      const offer = await run(made, made.offerer.offer([], NEVER));
      await expect(run(made, offer.accept("hello"))).rejects.toThrow();
    });

    it("gives up when told", async () => {
      const made = await bench();
      await expect(run(made, made.offerer.offer([], AbortSignal.abort()))).rejects.toMatchObject({ code: "cancelled" });
      const control = new AbortController();
      const offer = await run(made, made.offerer.offer([], NEVER));
      const answer = await run(made, made.answerer.answer(offer.sdp, [], control.signal));
      control.abort();
      await expect(run(made, answer.channel)).rejects.toMatchObject({ code: "cancelled" });
    });
  });
}
