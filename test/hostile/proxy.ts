/**
 * A small reverse proxy in a process of its own, as an operator puts one before a node: it takes requests whole, names the
 * client at the end of X-Forwarded-For, keeps connections to the node for the next request, and hands upgrades through.
 */
import { Agent, request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import process from "node:process";
import { pipeline } from "node:stream";

const BACKLOG = 4_096;
const HEAD_MS = 10_000;

process.once("message", ({ host, port }: { host: string; port: number }) => {
  const agent = new Agent({ keepAlive: true });
  const passed = (incoming: IncomingMessage) => {
    const before = incoming.headers["x-forwarded-for"];
    const client = incoming.socket.remoteAddress ?? "";
    const headers = { ...incoming.headers, "x-forwarded-for": before ? `${before}, ${client}` : client };
    return { host, port, method: incoming.method, path: incoming.url, headers };
  };
  const server = createServer({ headersTimeout: HEAD_MS, connectionsCheckingInterval: 1_000 });
  server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { connection: _hop, ...headers } = passed(incoming).headers;
    const onward = ask({ ...passed(incoming), headers, agent });
    onward.on("response", (answer) => {
      const { connection: _theirs, ...rest } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, rest);
      pipeline(answer, outgoing, () => onward.destroy());
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on("upgrade", (incoming: IncomingMessage, near: Socket, head: Buffer) => {
    near.on("error", () => near.destroy());
    const onward = ask({ ...passed(incoming), agent: false });
    near.on("close", () => onward.destroy());
    onward.on("error", () => near.destroy());
    onward.on("response", (answer) => {
      near.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nConnection: close\r\n\r\n`);
      near.destroySoon();
      answer.resume();
    });
    onward.on("upgrade", (answer, far, first) => {
      const lines = answer.rawHeaders.flatMap((name, at, all) => (at % 2 ? [] : [`${name}: ${all[at + 1]}`]));
      near.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
      if (head.length) far.write(head);
      if (first.length) near.write(first);
      pipeline(near, far, near, () => {
        near.destroy();
        far.destroy();
      });
    });
    onward.end();
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG }, () =>
    process.send?.({ port: (server.address() as AddressInfo).port }),
  );
});
process.once("disconnect", () => process.exit(0));
process.send?.("ready");
