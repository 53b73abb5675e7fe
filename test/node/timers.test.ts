/** The timer table against a plain model, and the form of addresses that a handshake compares. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimerTable } from "#node/timers.ts";
import { canonical, isLoopback, sameEndpoint } from "#node/url.ts";

describe("timer table", () => {
  it("gives what is due in order of time, then of arming, each once", () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("arm" as const), name: fc.nat(12), at: fc.nat(100) }),
      fc.record({ do: fc.constant("disarm" as const), name: fc.nat(12), at: fc.constant(0) }),
      fc.record({ do: fc.constant("due" as const), name: fc.constant(0), at: fc.nat(100) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const table = new TimerTable();
        let model: { name: string; at: number }[] = [];
        for (const { do: what, name, at } of steps) {
          const timer = `t:${name}`;
          if (what !== "due") model = model.filter((one) => one.name !== timer);
          if (what === "arm") {
            table.arm(timer, at);
            model.push({ name: timer, at });
          } else if (what === "disarm") table.disarm(timer);
          else {
            const first = [...model].sort((a, b) => a.at - b.at)[0];
            const due = first && first.at <= at ? first : undefined;
            expect(table.due(at)).toBe(due?.name);
            model = model.filter((one) => one !== due);
          }
          expect(table.next()).toBe(model.length > 0 ? Math.min(...model.map((one) => one.at)) : undefined);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("address", () => {
  it("has one form: scheme, host and port in lower case, nothing else", () => {
    const forms: [string, string | undefined][] = [
      ["wss://Example.org", "wss://example.org:443"],
      ["WSS://example.org:8443/path?x#y", "wss://example.org:8443"],
      ["ws://localhost:8787/", "ws://localhost:8787"],
      ["ws://[2001:DB8::1]:9", "ws://[2001:db8::1]:9"],
      ["ws://host", "ws://host:80"],
      ["https://example.org", undefined],
      ["wss://user@example.org", undefined],
      ["wss://example.org:99999", undefined],
      ["wss://", undefined],
      ["wss://a b", undefined],
      ["", undefined],
    ];
    for (const [text, form] of forms) expect([text, canonical(text)]).toEqual([text, form]);
  });

  it("names this machine in more than one way", () => {
    for (const host of ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]"])
      expect(isLoopback(host)).toBe(true);
    for (const host of ["127.example.org", "localhost.org", "128.0.0.1", "[::2]"]) expect(isLoopback(host)).toBe(false);
    expect(sameEndpoint("ws://localhost:1", "ws://127.0.0.1:1")).toBe(true);
    expect(sameEndpoint("ws://localhost:1", "ws://127.0.0.1:2")).toBe(false);
    expect(sameEndpoint("ws://localhost:1", "wss://localhost:1")).toBe(false);
    expect(sameEndpoint("wss://a.example", "wss://b.example")).toBe(false);
  });
});
