/** The fixture built and served under the policy of a real node: what breaks it there shows here. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "vite";
import { readApp } from "../../relay-bootstrap/src/files.ts";
import { answering } from "../../relay-bootstrap/src/http.ts";

const ROOT = join(import.meta.dirname, "../..");

export async function served(): Promise<{ origin: string; close(): void }> {
  const outDir = join(ROOT, "dist/fixture");
  await build({
    configFile: false,
    root: join(import.meta.dirname, "fixture"),
    publicDir: join(ROOT, "web/public"),
    logLevel: "warn",
    build: { target: "es2023", outDir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    worker: { format: "es" },
  });
  const server = createServer(answering({ app: readApp(outDir), document: () => ({}), ready: () => true }));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return { origin, close: () => server.close() };
}
