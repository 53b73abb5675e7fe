/**
 * What a bootstrap node answers over HTTP: the app, /.well-known/nodus.json for whoever wants to reach the node, and
 * /readyz for whoever watches it. Every answer carries the content policy: a worker obeys the header of its own script.
 * Layer: relay.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type Encoding, encode, encodingFor, type StaticFile } from "./files.ts";

const CONTENT_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self' https: wss: ws://localhost:* ws://127.0.0.1:*",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types lit-html nodus",
].join("; ");
const ALWAYS = {
  "content-security-policy": CONTENT_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(self), geolocation=(), microphone=(self), payment=(), usb=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
const PLAIN = "text/plain; charset=utf-8";
/** Bytes of a body that are handed to the system at a time: what ListenLimits.answerMs is for. */
const PIECE_BYTES = 32 * 1024;
const YEAR_S = 31_536_000;
const NOT_BUILT = "This node runs, but the app is not built here. Whoever runs it can do so with: npm run build\n";

/** What the answers depend on; asked anew each time. */
export interface Site {
  /** URL path → file; undefined where the app is not built. */
  app: ReadonlyMap<string, StaticFile> | undefined;
  /** What is at /.well-known/nodus.json. */
  document(): unknown;
  ready(): boolean;
}

export function answering(site: Site): RequestListener {
  return (request, response) => {
    answer(site, request, response).catch(() => response.destroy());
  };
}

async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(ALWAYS)) response.setHeader(name, value);
  // Nothing here takes a body: what comes of one is not read, and the connection ends with the answer.
  if (hasBody(request)) response.setHeader("connection", "close");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("connection", "close");
    response.setHeader("allow", "GET, HEAD");
    text(response, 405, "Only GET and HEAD are answered here.\n");
    return;
  }
  const asked = (request.url ?? "/").split(/[?#]/, 1)[0] ?? "/";
  // A program on the way has made %23 of an invite's "#": the page knows what to do with it.
  const path = /^\/%(?:25)*23/.test(asked) ? "/" : asked;
  const file = site.app?.get(path);
  if (path === "/readyz") ready(site, response);
  else if (path === "/.well-known/nodus.json") wellKnown(site, response);
  else if (file) await send(file, path, request, response);
  else if (path === "/" && !site.app) text(response, 503, NOT_BUILT);
  else text(response, 404, "There is nothing here.\n");
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "cache-control": "no-store", "content-type": PLAIN }).end(body);
}

/** Public, so no reasons. */
function ready(site: Site, response: ServerResponse): void {
  const yes = site.ready();
  text(response, yes ? 200 : 503, yes ? "ready\n" : "not ready\n");
}

/** A page of any origin may look a node up. */
function wellKnown(site: Site, response: ServerResponse): void {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("cross-origin-resource-policy", "cross-origin");
  response
    .writeHead(200, { "cache-control": "no-cache", "content-type": "application/json" })
    .end(`${JSON.stringify(site.document(), undefined, 2)}\n`);
}

async function send(file: StaticFile, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const encoding: Encoding | undefined = encodingFor(file, path, request.headers["accept-encoding"]);
  const etag = `"${file.etag}${encoding ? `-${encoding}` : ""}"`;
  response.setHeader("cache-control", file.immutable ? `public, max-age=${YEAR_S}, immutable` : "no-cache");
  response.setHeader("etag", etag);
  response.setHeader("vary", "accept-encoding");
  const known = (request.headers["if-none-match"] ?? "").split(",").map((each) => each.trim().replace(/^W\//, ""));
  if (known.includes(etag)) {
    response.writeHead(304).end();
    return;
  }
  const body = encoding ? await encode(file, encoding) : file.body;
  if (encoding) response.setHeader("content-encoding", encoding);
  response.writeHead(200, { "content-length": body.length, "content-type": file.type });
  // Node leaves the body of an answer to HEAD out by itself.
  for (let at = 0; at < body.length && !response.destroyed; at += PIECE_BYTES) {
    await written(response, body.subarray(at, at + PIECE_BYTES));
  }
  response.end();
}

/** Resolves when the system has taken it, or the connection is over. A reader that takes nothing is ended (sockets.ts),
 * which sees how a body moves by its pieces. */
function written(response: ServerResponse, piece: Buffer): Promise<void> {
  return new Promise((resolve) => {
    response.once("close", resolve);
    response.write(piece, () => {
      response.off("close", resolve);
      resolve();
    });
  });
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
