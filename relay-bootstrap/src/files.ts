/**
 * The built app as a table in memory, read once: a request can name nothing but what was in it, a new build on disk never
 * mixes with an old page, and an answer touches no disk. Layer: relay.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

export interface StaticFile {
  type: string;
  /** Its name holds the hash of its content: it never changes. */
  immutable: boolean;
  etag: string;
  body: Buffer;
  /** Made at the first request that takes it. */
  encoded: Map<Encoding, Promise<Buffer>>;
}
export type Encoding = "br" | "gzip";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};
const COMPRESSED = new Set([".css", ".html", ".js", ".json", ".svg", ".txt", ".wasm", ".webmanifest"]);
const HASHED = /^\/assets\/.*-[\w-]{8}\.\w+$/;
/** Of 11: the last two steps cost seconds and win percents. */
const BROTLI_QUALITY = 9;
/** Below this a smaller body saves no packet. */
const WORTH_ENCODING = 1_024;

const compressors: Readonly<Record<Encoding, (body: Buffer) => Promise<Buffer>>> = {
  br: (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: promisify<Buffer, Buffer>(gzip),
};

/** URL path → file; undefined where the folder does not exist or holds no page. */
export function readApp(folder: string): ReadonlyMap<string, StaticFile> | undefined {
  const files = new Map<string, StaticFile>();
  for (const name of listed(folder)) {
    const body = readFileSync(name);
    const path = `/${relative(folder, name).split(sep).join("/")}`;
    files.set(path, {
      type: TYPES[extname(name)] ?? "application/octet-stream",
      immutable: HASHED.test(path),
      etag: createHash("sha256").update(body).digest("base64url").slice(0, 16),
      body,
      encoded: new Map(),
    });
  }
  const page = files.get("/index.html");
  if (!page) return undefined;
  files.set("/", page);
  return files;
}

function listed(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

/** The best encoding that the client takes, or undefined. */
export function encodingFor(file: StaticFile, path: string, accepted: string | undefined): Encoding | undefined {
  const name = path === "/" ? ".html" : extname(path);
  if (!accepted || file.body.length < WORTH_ENCODING || !COMPRESSED.has(name)) return undefined;
  const offers = accepted.split(",").map((offer) => offer.trim().split(/\s*;\s*/));
  const takes = (encoding: Encoding): boolean =>
    offers.some(([offered, quality]) => offered === encoding && !/^q=0(\.0*)?$/.test(quality ?? ""));
  return takes("br") ? "br" : takes("gzip") ? "gzip" : undefined;
}

export function encode(file: StaticFile, encoding: Encoding): Promise<Buffer> {
  let body = file.encoded.get(encoding);
  if (!body) {
    body = compressors[encoding](file.body);
    file.encoded.set(encoding, body);
  }
  return body;
}
