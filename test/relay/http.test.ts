/** What a bootstrap node answers over HTTP, byte by byte where it matters: policy, cache, encodings, hostile paths. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readApp } from "../../relay-bootstrap/src/files.ts";
import { answering, type Site } from "../../relay-bootstrap/src/http.ts";

const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
  "connect-src 'self' https: wss: ws://localhost:* ws://127.0.0.1:*; worker-src 'self'; object-src 'none'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
  "trusted-types lit-html nodus";
const SCRIPT = "export const answer = 42;\n".repeat(100);

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

let folder: string;
let server: Server;
let port: number;
const site: Site = { app: undefined, document: () => ({ version: "0.0.0" }), ready: () => false };

/** Not fetch: it would tidy the path and undo the encoding. */
function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: "127.0.0.1", path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** A request line as it stands, which no client library would send. */
function raw(line: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    let answer = "";
    socket.on("data", (data) => {
      answer += data.toString("latin1");
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", () => resolve(answer));
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nodus-http-"));
  await mkdir(join(folder, "web", "assets"), { recursive: true });
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(join(folder, "web", "index.html"), "<!doctype html><title>Nodus</title>");
  await writeFile(join(folder, "web", "sw.js"), "// worker");
  await writeFile(join(folder, "web", "app.webmanifest"), "{}");
  await writeFile(join(folder, "web", "assets", "main-aB3_dE-9.js"), SCRIPT);
  await writeFile(join(folder, "web", "assets", "core-12345678.wasm"), Buffer.alloc(4_096));
  site.app = readApp(join(folder, "web"));
  server = createServer((question, answer) => answering({ ...site })(question, answer));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

describe("every answer", () => {
  it.each(["/", "/index.html", "/sw.js", "/assets/main-aB3_dE-9.js", "/nothing", "/readyz", "/.well-known/nodus.json"])(
    "carries the policy and its companions: %s",
    async (path) => {
      const { headers } = await ask(path);
      expect(headers["content-security-policy"]).toBe(POLICY);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["referrer-policy"]).toBe("no-referrer");
      expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
      expect(headers["x-powered-by"]).toBeUndefined();
    },
  );

  it.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("is 405 to %s", async (method) => {
    const { status, headers } = await ask("/", {}, method);
    expect(status).toBe(405);
    expect(headers.allow).toBe("GET, HEAD");
  });
});

describe("the app", () => {
  it("lets nothing but hashed names be kept", async () => {
    const cached = async (path: string): Promise<string | undefined> => (await ask(path)).headers["cache-control"];
    expect(await cached("/assets/main-aB3_dE-9.js")).toBe("public, max-age=31536000, immutable");
    expect(await cached("/assets/core-12345678.wasm")).toBe("public, max-age=31536000, immutable");
    for (const path of ["/", "/index.html", "/sw.js", "/app.webmanifest"]) expect(await cached(path)).toBe("no-cache");
  });

  it("is there for an invite whose # another program has made %23", async () => {
    const page = await ask("/");
    const rewritten = await ask(`/%23${"AQ-_".repeat(30)}?utm_source=x`);
    expect([rewritten.status, rewritten.body.toString()]).toEqual([200, page.body.toString()]);
    expect((await ask("/%2523AQ")).status).toBe(200);
    expect((await ask("/x%23y")).status).toBe(404);
  });

  it("names types as browsers want them", async () => {
    const type = async (path: string): Promise<string | undefined> => (await ask(path)).headers["content-type"];
    expect(await type("/")).toBe("text/html; charset=utf-8");
    expect(await type("/sw.js")).toBe("text/javascript; charset=utf-8");
    expect(await type("/assets/core-12345678.wasm")).toBe("application/wasm");
    expect(await type("/app.webmanifest")).toBe("application/manifest+json");
  });

  it("encodes what is worth it in the best way that the client takes", async () => {
    const path = "/assets/main-aB3_dE-9.js";
    const plain = await ask(path);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(plain.body.toString()).toBe(SCRIPT);
    const brotli = await ask(path, { "accept-encoding": "gzip, deflate, br" });
    expect(brotli.headers["content-encoding"]).toBe("br");
    expect(brotliDecompressSync(brotli.body).toString()).toBe(SCRIPT);
    const gzip = await ask(path, { "accept-encoding": "br;q=0, gzip" });
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(gzip.body).toString()).toBe(SCRIPT);
    expect((await ask("/", { "accept-encoding": "br" })).headers["content-encoding"]).toBeUndefined();
    for (const { headers } of [plain, brotli, gzip]) expect(headers.vary).toBe("accept-encoding");
  });

  it("answers 304 to who has it, for the same encoding only", async () => {
    const path = "/assets/main-aB3_dE-9.js";
    const { headers } = await ask(path);
    const etag = String(headers.etag);
    const again = await ask(path, { "if-none-match": `"other", W/${etag}` });
    expect(again.status).toBe(304);
    expect(again.body).toHaveLength(0);
    expect(again.headers["content-security-policy"]).toBe(POLICY);
    expect((await ask(path, { "if-none-match": etag, "accept-encoding": "br" })).status).toBe(200);
  });

  it("answers HEAD as GET, without the body", async () => {
    const { status, headers, body } = await ask("/", {}, "HEAD");
    expect(status).toBe(200);
    expect(headers["content-length"]).toBe("35");
    expect(body).toHaveLength(0);
  });

  it("takes a query for the same page, and nothing else for one", async () => {
    expect((await ask("/?invite=1")).status).toBe(200);
    expect((await ask("/chat")).status).toBe(404);
  });

  it.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/assets/..%5c..%5csecret.txt",
    "//secret.txt",
    "/.%00./secret.txt",
    "/assets",
    "/assets/",
    "/%",
    "http://x/../secret.txt",
    "*",
    `/${"a".repeat(8_000)}`,
  ])("gives nothing for %s", async (path) => {
    const answer = await raw(`GET ${path}`);
    expect(answer).toMatch(/^HTTP\/1\.1 (400|404|431) /);
    expect(answer).not.toContain("secret");
  });

  it("says in a sentence that it is not built", async () => {
    const app = site.app;
    site.app = readApp(join(folder, "elsewhere"));
    const { status, body } = await ask("/");
    expect(status).toBe(503);
    expect(body.toString()).toContain("npm run build");
    site.app = app;
  });
});

describe("for machines", () => {
  it("tells readiness and nothing more", async () => {
    const notReady = await ask("/readyz");
    expect([notReady.status, notReady.body.toString()]).toEqual([503, "not ready\n"]);
    site.ready = () => true;
    const ready = await ask("/readyz");
    expect([ready.status, ready.body.toString()]).toEqual([200, "ready\n"]);
    expect(ready.headers["cache-control"]).toBe("no-store");
  });

  it("describes the node to pages of any origin", async () => {
    site.document = () => ({ network: { name: "nodus/1/test", bits: 8 } });
    const { status, headers, body } = await ask("/.well-known/nodus.json", { origin: "https://elsewhere.example" });
    expect(status).toBe(200);
    expect(headers["access-control-allow-origin"]).toBe("*");
    expect(headers["content-type"]).toBe("application/json");
    expect(JSON.parse(body.toString())).toEqual({ network: { name: "nodus/1/test", bits: 8 } });
  });
});
