/** What every `Transport` promises: dialing, listening, giving up. Its channels pass `channelContract` too. */
import { afterEach, describe, expect, it } from "vitest";
import { Fault } from "#node/errors.ts";
import type { Channel, Transport } from "#node/ports.ts";
import { channelContract } from "./channel.ts";

export interface TransportBench {
  dialer: Transport;
  listener: Transport;
  /** Where `listener` listens, and where nobody does. */
  address: Uint8Array;
  nowhere: Uint8Array;
  /** Lets time or the event loop run until this holds; rejects where it never does. */
  until(done: () => boolean): Promise<void>;
  close(): Promise<void>;
}

export const NEVER = new AbortController().signal;

/** The outcome of a promise, seen while the bench runs. */
async function outcome<T>(bench: Pick<TransportBench, "until">, promise: Promise<T>): Promise<T | Fault> {
  const seen: { done: boolean; value?: T | Fault } = { done: false };
  promise.then(
    (value) => {
      seen.done = true;
      seen.value = value;
    },
    (fault: unknown) => {
      seen.done = true;
      expect(fault).toBeInstanceOf(Fault);
      seen.value = fault as Fault;
    },
  );
  await bench.until(() => seen.done);
  return seen.value as T | Fault;
}

export function transportContract(name: string, make: () => Promise<TransportBench>): void {
  channelContract(name, async () => {
    const bench = await make();
    let far: Channel | undefined;
    bench.listener.onChannel((channel) => {
      far = channel;
    });
    const near = await outcome(bench, bench.dialer.dial(bench.address, NEVER));
    await bench.until(() => far !== undefined);
    if (near instanceof Fault || !far) throw new Error("the dial must succeed");
    return { near, far, until: bench.until, close: bench.close };
  });

  describe(`${name}: transport`, () => {
    const benches: TransportBench[] = [];
    const bench = async (): Promise<TransportBench> => {
      const made = await make();
      benches.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of benches.splice(0)) await made.close();
    });

    it("makes a channel of its own for each dial", async () => {
      const made = await bench();
      const inbound: Channel[] = [];
      made.listener.onChannel((channel) => inbound.push(channel));
      const first = await outcome(made, made.dialer.dial(made.address, NEVER));
      const second = await outcome(made, made.dialer.dial(made.address, NEVER));
      await made.until(() => inbound.length === 2);
      expect(first).not.toBeInstanceOf(Fault);
      expect(second).not.toBe(first);
    });

    it("rejects where nobody listens", async () => {
      const made = await bench();
      expect(await outcome(made, made.dialer.dial(made.nowhere, NEVER))).toBeInstanceOf(Fault);
    });

    it("rejects bytes that are no address", async () => {
      const made = await bench();
      expect(await outcome(made, made.dialer.dial(Uint8Array.of(0xff, 0), NEVER))).toBeInstanceOf(Fault);
    });

    it("gives up when told, before and during the dial", async () => {
      const made = await bench();
      const before = await outcome(made, made.dialer.dial(made.address, AbortSignal.abort()));
      expect(before).toMatchObject({ code: "cancelled" });
      const control = new AbortController();
      const during = made.dialer.dial(made.nowhere, control.signal);
      control.abort();
      expect(await outcome(made, during)).toMatchObject({ code: "cancelled" });
    });

    it("takes no dial once closed", async () => {
      const made = await bench();
      const inbound: Channel[] = [];
      made.listener.onChannel((channel) => inbound.push(channel));
      await outcome(made, made.listener.close());
      expect(await outcome(made, made.dialer.dial(made.address, NEVER))).toBeInstanceOf(Fault);
      expect(inbound).toEqual([]);
    });
  });
}
