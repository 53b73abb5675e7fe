/** Token buckets by host: no window to wait for, a table that cannot be made to forget a debt, a part left to newcomers. */
import { describe, expect, it } from "vitest";
import { hostKey } from "../../relay-bootstrap/src/address.ts";
import { Bucket, HostBuckets } from "../../relay-bootstrap/src/buckets.ts";

const RATE = { atOnce: 10, perSecond: 1 };
/** How many of so many tries are let in. */
const taken = (tries: number, one: () => unknown): number =>
  Array.from({ length: tries }, one).filter((refusal) => refusal === undefined).length;

describe("token bucket", () => {
  it("gives so much at once and so much a second, however the seconds lie", () => {
    const bucket = new Bucket(RATE, 0);
    let given = 0;
    for (let now = 0; now <= 60_000; now += 100) {
      for (let tries = 0; tries < 20; tries++) {
        if (!bucket.has(now)) break;
        bucket.spend(now);
        given++;
      }
    }
    expect(given).toBe(RATE.atOnce + 60);
  });
});

describe("buckets of hosts", () => {
  it("limit each host by itself", () => {
    const hosts = new HostBuckets(RATE, 0);
    expect(taken(50, () => hosts.take("a", 0))).toBe(RATE.atOnce);
    expect(hosts.take("a", 0)).toBe("host");
    expect(hosts.take("b", 0)).toBeUndefined();
    expect(taken(50, () => hosts.take("a", 3_000))).toBe(3);
  });

  it("exempt a host from its own limit alone", () => {
    const hosts = new HostBuckets(RATE, 0, { atOnce: 30, perSecond: 1 });
    expect(taken(50, () => hosts.take("a", 0, true))).toBe(30);
    expect(hosts.take("a", 0, true)).toBe("all");
    expect(hosts.remembered).toBe(0);
  });

  it("leave a part to newcomers, whatever a few loud hosts do", () => {
    const hosts = new HostBuckets({ atOnce: 60, perSecond: 1 }, 0, { atOnce: 1_200, perSecond: 20 });
    const loud = Array.from({ length: 40 }, (_, index) => `loud ${index}`);
    for (let now = 0; now < 120_000; now += 50) for (const host of loud) hosts.take(host, now);
    expect(loud.map((host) => hosts.take(host, 120_000))).toContain("all");
    for (let index = 0; index < 100; index++) expect(hosts.take(`new ${index}`, 120_000)).toBeUndefined();
  });

  it("leave that part to others when one has a great many addresses in a row", () => {
    const hosts = new HostBuckets({ atOnce: 60, perSecond: 1 }, 0, { atOnce: 1_200, perSecond: 20 });
    for (let index = 0; index < 20_000; index++) hosts.take(hostKey(`2001:db8:0:${index.toString(16)}::1`), 0);
    for (let index = 0; index < 20_000; index++) hosts.take(hostKey(`198.51.100.${index % 256}`), 0);
    expect(hosts.take(hostKey("2001:db8:0:ffff::1"), 0)).toBe("all");
    for (let index = 0; index < 100; index++) expect(hosts.take(hostKey(`203.0.${index}.1`), 0)).toBeUndefined();
  });

  it("remember no more hosts than they may, and forget who owes least", () => {
    const hosts = new HostBuckets(RATE, 0, undefined, 100);
    expect(taken(50, () => hosts.take("loud", 0))).toBe(RATE.atOnce);
    for (let index = 0; index < 10_000; index++) {
      expect(hosts.take(`other ${index}`, 0)).toBeUndefined();
      expect(hosts.remembered).toBeLessThanOrEqual(100);
    }
    expect(hosts.take("loud", 0)).toBe("host");
  });

  it("forget who owes nothing any more", () => {
    const hosts = new HostBuckets(RATE, 0, undefined, 100);
    for (let index = 0; index < 100; index++) hosts.take(`early ${index}`, 0);
    hosts.take("late", 600_000);
    expect(hosts.remembered).toBeLessThan(100);
  });
});
