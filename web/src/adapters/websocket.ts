/**
 * WebSocket links, dialed: the same file serves a page, a service worker and Node. A browser cannot listen; the listener
 * of a bootstrap node is relay-bootstrap/src/adapters/listen-ws.ts. Layer: adapters.
 *
 * A node is named by its canonical URL, scheme://host:port in lower case with the port always written; it listens at the
 * path /ws below that. Plain ws:// is dialed on this machine only: elsewhere anyone between could read and cut links.
 */
import { Fault } from "#node/errors.ts";
import { AddressKind } from "#node/messages.ts";
import type { Binding, Channel, CloseCode, Signal, Transport } from "#node/ports.ts";
import { isLoopback } from "#node/url.ts";
import { Inbox, MAX_FRAME, SEND_QUEUE_BYTES } from "./inbox.ts";

export const WEBSOCKET_PATH = "/ws";
/** Bytes of the longest address that a contact record holds with the rest of it. Tier 2. */
const LONGEST_URL = 255;
/** A host that does not answer is as good as dead. Tier 3. */
const CONNECT_MS = 10_000;
const OPEN = 1; // WebSocket.OPEN, also where the class itself is absent
const NORMAL_CLOSURE = 1000; // RFC 6455 §7.4.1

/** scheme://host:port of a ws or wss URL, or undefined: not a URL, another scheme, a path, a user, or plain to elsewhere. */
export function canonicalUrl(text: string): string | undefined {
  if (text.length > LONGEST_URL || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const secure = url.protocol === "wss:";
  if (!secure && url.protocol !== "ws:") return undefined;
  if (url.username || url.password || url.search || url.hash) return undefined;
  if (url.pathname !== "/" && url.pathname !== WEBSOCKET_PATH) return undefined;
  if (!secure && !isLoopback(url.hostname)) return undefined;
  return `${url.protocol}//${url.hostname}:${url.port || (secure ? "443" : "80")}`;
}

export class WebSocketDialer implements Transport {
  readonly kind = AddressKind.websocket;
  readonly #open = new Set<Channel>();
  #closed = false;

  async dial(address: Uint8Array, signal: Signal): Promise<Channel> {
    if (this.#closed) throw new Fault("closed", "This transport is closed.");
    const url = canonicalUrl(new TextDecoder().decode(address));
    if (!url) throw new Fault("malformed", "This is not the WebSocket address of a node.");
    const channel = await connect(url, signal);
    if (this.#closed) {
      channel.close("local");
      throw new Fault("closed", "This transport is closed.");
    }
    this.#open.add(channel);
    void channel.closed.then(() => this.#open.delete(channel));
    return channel;
  }

  onChannel(): void {
    // Nobody can dial us.
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const channel of this.#open) channel.close("local");
  }
}

function connect(url: string, signal: Signal): Promise<Channel> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Fault("cancelled", "The caller gave up."));
    const socket = socketTo(url);
    let settled = false;
    const settle = (fault?: Fault): void => {
      if (settled) return;
      settled = true;
      clearTimeout(deadline);
      socket.onopen = socket.onclose = socket.onerror = null;
      if (fault) {
        socket.close();
        reject(fault);
      } else resolve(new SocketChannel(socket, { kind: "url", url }));
    };
    const deadline = setTimeout(() => settle(new Fault("unanswered", "The host did not answer in time.")), CONNECT_MS);
    // No reason is ever given to a page: refused, unreachable and a bad certificate look alike.
    const failed = (): void => settle(new Fault("no-route", "Nobody answers at this address."));
    socket.onclose = failed;
    socket.onerror = failed;
    socket.onopen = () => settle();
    signal.addEventListener("abort", () => settle(new Fault("cancelled", "The caller gave up.")));
  });
}

function socketTo(url: string): WebSocket {
  try {
    const socket = new WebSocket(url + WEBSOCKET_PATH);
    socket.binaryType = "arraybuffer";
    return socket;
  } catch {
    // A browser that takes no plain WebSocket in a secure page, not even to this machine.
    throw new Fault("unsupported", "This browser refuses to connect to this address.");
  }
}

class SocketChannel implements Channel {
  readonly carrier = "websocket";
  readonly binding: Binding;
  readonly closed: Promise<CloseCode>;
  readonly #socket: WebSocket;
  readonly #inbox = new Inbox();
  #resolve: (code: CloseCode) => void = () => undefined;
  #over = false;

  constructor(socket: WebSocket, binding: Binding) {
    this.binding = binding;
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    let broken = false;
    socket.onerror = () => {
      broken = true;
    };
    socket.onclose = () => this.#end(broken ? "failed" : "remote");
    socket.onmessage = (event: { data: unknown }) => this.#arrived(event.data);
  }

  send(frame: Uint8Array): boolean {
    if (this.#over || this.#socket.readyState !== OPEN) return false;
    if (this.#socket.bufferedAmount + frame.length > SEND_QUEUE_BYTES) return false;
    this.#socket.send(frame.slice()); // the caller's buffer changes as soon as we return
    return true;
  }

  onFrame(take: (frame: Uint8Array) => void): void {
    this.#inbox.open(take);
  }

  close(code: CloseCode): void {
    if (this.#over) return;
    this.#end(code);
    this.#socket.close(NORMAL_CLOSURE);
  }

  #arrived(data: unknown): void {
    if (this.#over) return;
    if (!(data instanceof ArrayBuffer) || data.byteLength > MAX_FRAME) this.close("protocol");
    else if (!this.#inbox.push(new Uint8Array(data))) this.close("limit");
  }

  #end(code: CloseCode): void {
    if (this.#over) return;
    this.#over = true;
    this.#inbox.end();
    this.#resolve(code);
  }
}
