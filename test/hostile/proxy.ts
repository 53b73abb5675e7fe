/**
 * A small reverse proxy in a process of its own, as an operator puts one before a node: it waits for a whole head, names
 * the client at the end of X-Forwarded-For, and asks the node over a connection of its own for each request, which ends
 * with the answer. An upgrade is handed through from then on.
 */

import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import process from "node:process";

export interface Before {
  host: string;
  port: number;
}
const BACKLOG = 4_096;
const HEAD_BYTES = 16 * 1024;
/** ms to send a head, and ms in which nothing moves. */
const HEAD_MS = 10_000;
const QUIET_MS = 60_000;
const END_OF_HEAD = "\r\n\r\n";

/** The same head with the client named behind whoever is named already, for one request. */
function passedOn(head: string, client: string): string {
  const [line = "", ...headers] = head.split("\r\n");
  const named = (name: string) => headers.filter((header) => header.toLowerCase().startsWith(`${name}:`));
  const before = named("x-forwarded-for").map((header) => header.slice(header.indexOf(":") + 1).trim());
  const dropped = new Set(named("x-forwarded-for"));
  if (named("upgrade").length === 0) for (const header of named("connection")) dropped.add(header);
  const kept = headers.filter((header) => !dropped.has(header));
  const forwarded = `X-Forwarded-For: ${[...before, client].filter(Boolean).join(", ")}`;
  const once = named("upgrade").length === 0 ? ["Connection: close"] : [];
  return [line, ...kept, forwarded, ...once].join("\r\n") + END_OF_HEAD;
}

function serve(near: Socket, node: Before): void {
  let head = "";
  near.on("error", () => near.destroy());
  near.setTimeout(HEAD_MS, () => near.destroy());
  const late = setTimeout(() => near.destroy(), HEAD_MS);
  near.once("close", () => clearTimeout(late));
  const more = (data: Buffer): void => {
    head += data.toString("latin1");
    const end = head.indexOf(END_OF_HEAD);
    if (end < 0 && head.length > HEAD_BYTES) near.destroy();
    if (end < 0) return;
    clearTimeout(late);
    near.off("data", more);
    near.pause();
    near.setTimeout(QUIET_MS);
    const far = connect({ ...node, allowHalfOpen: true });
    far.on("error", () => near.destroy());
    far.once("close", () => near.destroySoon());
    near.once("close", () => far.destroy());
    far.write(passedOn(head.slice(0, end), near.remoteAddress ?? ""), "latin1");
    const upgrading = /^upgrade:/im.test(head.slice(0, end));
    // What follows a request that is no upgrade would be the next one: this connection is for one, and reads no further.
    if (upgrading) far.write(head.slice(end + END_OF_HEAD.length), "latin1");
    if (upgrading) near.pipe(far);
    far.pipe(near);
  };
  near.on("data", more);
}

process.once("message", (node: Before) => {
  const server = createServer({ allowHalfOpen: true }, (near) => serve(near, node));
  server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG }, () =>
    process.send?.({ port: (server.address() as AddressInfo).port }),
  );
});
process.once("disconnect", () => process.exit(0));
process.send?.("ready");
