/** The tabs of one profile hear each other over a BroadcastChannel; messages are structured clones. Layer: adapters. */
interface Tabs {
  say(message: unknown): void;
  /** Returns the end of it. */
  onMessage(heard: (message: unknown) => void): () => void;
}

/** `name`: tabs of this origin that use the same one hear each other. */
export function tabChannel(name: string): Tabs {
  const channel = new BroadcastChannel(name);
  const listeners = new Set<(message: unknown) => void>();
  channel.onmessage = (event: MessageEvent<unknown>) => {
    for (const heard of listeners) heard(event.data);
  };
  return {
    say: (message) => channel.postMessage(message),
    onMessage: (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
  };
}
