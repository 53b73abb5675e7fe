import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nobleCrypto } from "#adapters/noble.ts";
import { WorkerCrypto } from "#adapters/pq.ts";
import { scriptUrl } from "#adapters/trusted.ts";
import { Fault } from "#node/errors.ts";
import pqUrl from "../../web/src/workers/pq.ts?worker&url";

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

describe("post-quantum arithmetic in a worker", () => {
  let worker: Worker;
  let crypto: WorkerCrypto;
  beforeEach(() => {
    worker = new Worker(scriptUrl(pqUrl), { type: "module" });
    crypto = new WorkerCrypto(worker);
  });
  afterEach(() => worker.terminate());

  it("answers each call as the library does", async () => {
    const [seed, kemSeed, random, message] = [filled(32, 1), filled(64, 2), filled(32, 3), filled(100, 4)];
    const publicKey = await crypto.dsaPublic(seed);
    const signature = await crypto.dsaSign(seed, message, random);
    expect(publicKey).toEqual(await nobleCrypto.dsaPublic(seed));
    expect(signature).toEqual(await nobleCrypto.dsaSign(seed, message, random));
    expect(await crypto.dsaVerify(publicKey, message, signature)).toBe(true);
    expect(await crypto.dsaVerify(publicKey, random, signature)).toBe(false);
    const kemKey = await crypto.kemPublic(kemSeed);
    const made = await crypto.kemEncapsulate(kemKey, random);
    expect(made).toEqual(await nobleCrypto.kemEncapsulate(kemKey, random));
    expect(made && (await crypto.kemDecapsulate(kemSeed, made.ciphertext))).toEqual(made?.shared);
    expect(await crypto.kemEncapsulate(filled(1_568, 255), random)).toBeUndefined();
  });

  it("keeps many calls apart, and the page's thread free", async () => {
    const seeds = Array.from({ length: 30 }, (_, at) => filled(32, at));
    const gaps: number[] = [];
    let last = performance.now();
    const watch = setInterval(() => {
      gaps.push(performance.now() - last);
      last = performance.now();
    }, 5);
    const keys = await Promise.all(seeds.map((seed) => crypto.dsaPublic(seed)));
    const signatures = await Promise.all(seeds.map((seed) => crypto.dsaSign(seed, seed, filled(32, 9))));
    clearInterval(watch);
    for (const [at, key] of keys.entries()) {
      expect(await nobleCrypto.dsaVerify(key, seeds[at] as Uint8Array, signatures[at] as Uint8Array)).toBe(true);
    }
    console.log(`longest gap on the page's thread while the worker signed: ${Math.max(...gaps).toFixed(0)} ms`);
    expect(gaps.length).toBeGreaterThan(0);
  });

  it("fails a call that throws, not the ones after it", async () => {
    const wrong = await crypto.dsaPublic(filled(31, 1)).catch((error: unknown) => error);
    expect(wrong).toBeInstanceOf(Fault);
    expect(await crypto.dsaPublic(filled(32, 1))).toHaveLength(2_592);
  });

  it("fails every call once its script is gone", async () => {
    const gone = new WorkerCrypto(new Worker(scriptUrl("/no-such-worker.js"), { type: "module" }));
    const first = await gone.dsaPublic(filled(32, 1)).catch((error: unknown) => error);
    const second = await gone.dsaPublic(filled(32, 1)).catch((error: unknown) => error);
    for (const error of [first, second]) expect(error instanceof Fault && error.code).toBe("closed");
  });
});
