/** What an operator may say, what it means, and the sentence for everything else. */
import { describe, expect, it } from "vitest";
import { type Config, help, readConfig } from "../../relay-bootstrap/src/config.ts";
import { OperatorError } from "../../relay-bootstrap/src/faults.ts";

const read = (args: string[], env: Record<string, string> = {}): Config => readConfig(args, env) as Config;

describe("configuration", () => {
  it("needs nothing for a network on this machine", () => {
    expect(read([])).toMatchObject({
      host: "127.0.0.1",
      port: 8787,
      stunPort: undefined,
      publicUrl: undefined,
      peers: 0,
      bootstrap: [],
      network: { name: "nodus/1/local", bits: 22, loopbackExempt: true },
    });
  });

  it("takes flags in both forms, repeated ones, and the environment below them", () => {
    const config = read(
      [
        "--port=9000",
        "--bootstrap",
        "https://a.example",
        "--bootstrap",
        "ws://localhost:1/ws",
        "--network",
        "nodus/1/mine",
      ],
      { NODUS_PORT: "1", NODUS_STUN_PORT: "3478", NODUS_BITS: "8", NODUS_DATA: "/srv/nodus" },
    );
    expect(config).toMatchObject({
      port: 9000,
      stunPort: 3478,
      bootstrap: ["wss://a.example:443", "ws://localhost:1"],
      network: { name: "nodus/1/mine", bits: 8, loopbackExempt: true },
      data: "/srv/nodus",
    });
  });

  it("listens to the world only when told its public name", () => {
    const config = read(["--public-url", "https://Node.Example", "--network", "nodus/1/main"]);
    expect(config).toMatchObject({
      host: "0.0.0.0",
      publicUrl: "https://node.example:443",
      network: { name: "nodus/1/main", bits: 22, loopbackExempt: false },
    });
    expect(read(["--public-url", "https://node.example", "--host", "10.0.0.1"]).host).toBe("10.0.0.1");
  });

  it("takes proxies from flags, from a list, and from the environment", () => {
    expect(read(["--trusted-proxy", "127.0.0.1", "--trusted-proxy", "10.0.0.0/8,::1"]).trustedProxies).toEqual([
      "127.0.0.1/32",
      "10.0.0.0/8",
      "::1/128",
    ]);
    expect(read([], { NODUS_TRUSTED_PROXY: "127.0.0.1,192.0.2.1" }).trustedProxies).toEqual([
      "127.0.0.1/32",
      "192.0.2.1/32",
    ]);
    expect(read([]).trustedProxies).toEqual([]);
  });

  it("reads the levers of tests", () => {
    const env = { NODUS_UNSAFE_TESTING: '{"wallOffset":1000}' };
    expect(read([], env).testing).toEqual({ wallOffset: 1000 });
    expect(read([]).testing).toEqual({});
  });

  it.each([
    [["--colour", "red"], "--colour"],
    [["serve"], "serve"],
    [["-p", "1"], "-p"],
    [["--port"], "--port needs a value"],
    [["--port", "70000"], "0 to 65535"],
    [["--port", "80a"], "80a"],
    [["--peers", "-1"], "--peers"],
    [["--bootstrap", "ws://example.org"], "ws://example.org"],
    [["--bootstrap", "example.org"], "example.org"],
    [["--public-url", "http://example.org"], "--public-url"],
    [["--public-url", "https://localhost"], "--public-url"],
    [["--public-url", "https://example.org", "--peers", "2"], "--peers"],
    [["--trusted-proxy", "localhost"], "--trusted-proxy"],
    [["--trusted-proxy", "10.0.0.0/33"], "10.0.0.0/33"],
    [["--network", "mine"], "--network"],
    [["--network", "nodus/1/two words"], "--network"],
    [["--bits", "8"], "22 bits"],
    [["--bits", "8", "--network", "nodus/1/main"], "22 bits"],
  ])("refuses %j with a sentence about it", (args, about) => {
    expect(() => read(args)).toThrow(OperatorError);
    expect(() => read(args)).toThrow(about);
  });

  it("refuses levers that are not JSON", () => {
    expect(() => read([], { NODUS_UNSAFE_TESTING: "{" })).toThrow(OperatorError);
  });

  it("teaches every flag", () => {
    expect(readConfig(["--port", "1", "--help"], {})).toBe("help");
    for (const flag of [
      "port",
      "host",
      "stun-port",
      "public-url",
      "peers",
      "data",
      "bootstrap",
      "network",
      "bits",
      "trusted-proxy",
    ]) {
      expect(help()).toContain(`--${flag} `);
    }
  });
});
