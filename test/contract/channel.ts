/**
 * What every `Channel` promises, whatever carries it. An implementation's test file calls `channelContract` with a way to
 * make a joined pair; the suite knows nothing of time, so it runs on a virtual clock as well as over real sockets.
 */
import { afterEach, describe, expect, it } from "vitest";
import type { Channel, CloseCode } from "#node/ports.ts";

/** Two ends of one live channel, the dialer's (or offerer's) first. */
export interface ChannelBench {
  near: Channel;
  far: Channel;
  /** Lets time or the event loop run until this holds; rejects where it never does. */
  until(done: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** The largest frame of the protocol: 66,560 B of payload behind 6 B of header. */
const LARGEST_BYTES = 66_566;
/** More than any carrier may queue before it says no. */
const TOO_MUCH_BYTES = 64 * 1024 * 1024;

function frameOf(length: number, seed: number): Uint8Array {
  const frame = new Uint8Array(length);
  for (let at = 0; at < length; at++) frame[at] = (at * 31 + seed * 7 + (at >> 8)) & 0xff;
  return frame;
}

/** Collects what arrives. */
function taking(channel: Channel): Uint8Array[] {
  const frames: Uint8Array[] = [];
  channel.onFrame((frame) => frames.push(frame.slice()));
  return frames;
}

function closing(channel: Channel): { code: CloseCode | undefined } {
  const seen: { code: CloseCode | undefined } = { code: undefined };
  void channel.closed.then((code) => {
    seen.code = code;
  });
  return seen;
}

export function channelContract(name: string, make: () => Promise<ChannelBench>): void {
  describe(`${name}: channel`, () => {
    const benches: ChannelBench[] = [];
    const bench = async (): Promise<ChannelBench> => {
      const made = await make();
      benches.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of benches.splice(0)) await made.close();
    });

    it("carries frames both ways, whole and in order", async () => {
      const { near, far, until } = await bench();
      const [atNear, atFar] = [taking(near), taking(far)];
      for (let index = 0; index < 50; index++) {
        expect(near.send(frameOf(index + 1, index))).toBe(true);
        expect(far.send(frameOf(100 - index, index))).toBe(true);
      }
      await until(() => atNear.length >= 50 && atFar.length >= 50);
      expect(atFar).toEqual(Array.from({ length: 50 }, (_, index) => frameOf(index + 1, index)));
      expect(atNear).toEqual(Array.from({ length: 50 }, (_, index) => frameOf(100 - index, index)));
    });

    it("carries the largest frame", async () => {
      const { near, far, until } = await bench();
      const atFar = taking(far);
      expect(near.send(frameOf(LARGEST_BYTES, 3))).toBe(true);
      await until(() => atFar.length > 0);
      expect(atFar).toEqual([frameOf(LARGEST_BYTES, 3)]);
    });

    it("copies a frame before send returns", async () => {
      const { near, far, until } = await bench();
      const atFar = taking(far);
      const frame = frameOf(300, 1);
      near.send(frame);
      frame.fill(0);
      await until(() => atFar.length > 0);
      expect(atFar).toEqual([frameOf(300, 1)]);
    });

    it("sends what a view shows, not the memory behind it", async () => {
      const { near, far, until } = await bench();
      const atFar = taking(far);
      near.send(frameOf(1000, 5).subarray(200, 500));
      await until(() => atFar.length > 0);
      expect(atFar).toEqual([frameOf(1000, 5).slice(200, 500)]);
    });

    it("keeps frames that come before anybody takes them", async () => {
      const { near, far, until } = await bench();
      const atNear = taking(near);
      for (let index = 0; index < 10; index++) near.send(frameOf(20, index));
      far.send(frameOf(1, 9));
      await until(() => atNear.length === 1);
      const atFar = taking(far);
      near.send(frameOf(20, 10));
      await until(() => atFar.length >= 11);
      expect(atFar).toEqual(Array.from({ length: 11 }, (_, index) => frameOf(20, index)));
    });

    it("says no before it queues without bound, loses nothing it took, and takes more later", async () => {
      const { near, far, until } = await bench();
      let taken = 0;
      let arrived = 0;
      far.onFrame((frame) => {
        arrived += frame.length;
      });
      while (taken < TOO_MUCH_BYTES && near.send(frameOf(LARGEST_BYTES, 0))) taken += LARGEST_BYTES;
      expect(taken).toBeGreaterThan(0);
      expect(taken).toBeLessThan(TOO_MUCH_BYTES);
      await until(() => arrived >= taken);
      expect(near.send(frameOf(LARGEST_BYTES, 0))).toBe(true);
      await until(() => arrived >= taken + LARGEST_BYTES);
      expect(arrived).toBe(taken + LARGEST_BYTES);
    });

    it("closes once, with its own reason here and as remote there, after the last frame", async () => {
      const { near, far, until } = await bench();
      const atFar = taking(far);
      const [here, there] = [closing(near), closing(far)];
      near.send(frameOf(10, 1));
      near.close("leave");
      near.close("protocol");
      await until(() => here.code !== undefined && there.code !== undefined);
      expect(here.code).toBe("leave");
      expect(there.code).toBe("remote");
      expect(atFar).toEqual([frameOf(10, 1)]);
    });

    it("takes and gives nothing once closed", async () => {
      const { near, far, until } = await bench();
      const atNear = taking(near);
      const there = closing(far);
      near.close("local");
      expect(near.send(frameOf(10, 1))).toBe(false);
      far.send(frameOf(10, 2));
      await until(() => there.code !== undefined);
      expect(far.send(frameOf(10, 3))).toBe(false);
      expect(atNear).toEqual([]);
    });

    it("is bound alike at both ends", async () => {
      const { near, far } = await bench();
      expect(far.carrier).toBe(near.carrier);
      if (near.binding.kind === "url") {
        expect(near.binding.url).toMatch(/^(wss?|https):\/\/[^/]+:\d+$/);
        expect(far.binding).toEqual({ kind: "listener" });
      } else {
        expect(far.binding).toEqual(near.binding);
      }
      if (near.binding.kind === "dtls") {
        expect(near.binding.offerer).toHaveLength(32);
        expect(near.binding.answerer).toHaveLength(32);
        expect(near.binding.answerer).not.toEqual(near.binding.offerer);
      }
    });
  });
}
