/** Clients that are nothing but a socket: they say what they are told, and never end a connection of their own accord. */
import { connect, type Socket } from "node:net";

const open: Socket[] = [];
const KEY = Buffer.alloc(16, 7).toString("base64");

export interface Client {
  socket: Socket;
  /** What came so far. */
  heard(): string;
  /** The other end has closed: orderly, or by a reset. */
  over(): boolean;
}

/** Connected, from that address of this machine; it keeps its own half open when the other end closes. */
export function client(port: number, from = "127.0.0.2"): Promise<Client> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, localAddress: from, allowHalfOpen: true });
    open.push(socket);
    let heard = "";
    let over = false;
    const ended = (): void => {
      over = true;
    };
    socket.on("error", ended);
    socket.on("end", ended);
    socket.on("close", ended);
    socket.on("data", (data) => {
      heard += data.toString("latin1");
    });
    const one: Client = { socket, heard: () => heard, over: () => over };
    socket.once("connect", () => resolve(one));
    socket.once("close", () => resolve(one)); // reset before it stood
  });
}

export const clients = (count: number, port: number, from?: string): Promise<Client[]> =>
  Promise.all(Array.from({ length: count }, () => client(port, from)));

/** Ends them all; for afterEach. */
export function hangUp(): void {
  for (const socket of open.splice(0)) socket.destroy();
}

export const head = (line: string, ...headers: string[]): string => [line, ...headers, "", ""].join("\r\n");
export const get = (path: string, ...headers: string[]): string =>
  head(`GET ${path} HTTP/1.1`, "Host: localhost", ...headers);
/** A complete upgrade, but for what `changes` says: a header's value, or undefined for none. */
export function upgrade(path = "/ws", changes: Record<string, string | undefined> = {}, method = "GET"): string {
  const headers = {
    Host: "localhost",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return head(`${method} ${path} HTTP/1.1`, ...lines);
}
