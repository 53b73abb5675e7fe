/** WebSocket URLs in the one form that both ends of a handshake compare: scheme://host:port in lower case. Pure. */

export interface Endpoint {
  /** `ws` or `wss`. */
  scheme: string;
  /** IPv6 in its brackets. */
  host: string;
  port: number;
}
const SHAPE = /^(wss?):\/\/(\[[0-9a-f:.]+\]|[^/:?#@\s[\]]+)(?::(\d{1,5}))?(?:[/?#]\S*)?$/i;

export const endpoint = (url: string): Endpoint | undefined => {
  const match = SHAPE.exec(url);
  const [, scheme, host, port] = match ?? [];
  if (!scheme || !host) return undefined;
  const lower = scheme.toLowerCase();
  const number = port === undefined ? (lower === "wss" ? 443 : 80) : Number(port);
  return number > 65_535 ? undefined : { scheme: lower, host: host.toLowerCase(), port: number };
};

export const canonical = (url: string): string | undefined => {
  const parts = endpoint(url);
  return parts && `${parts.scheme}://${parts.host}:${parts.port}`;
};

/** This machine itself: such names are all one, and need no TLS. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);

/** Do two URLs name one endpoint, given that all loopback names are equal? */
export const sameEndpoint = (one: string, other: string): boolean => {
  const a = endpoint(one);
  const b = endpoint(other);
  if (!a || !b || a.scheme !== b.scheme || a.port !== b.port) return false;
  return a.host === b.host || (isLoopback(a.host) && isLoopback(b.host));
};
