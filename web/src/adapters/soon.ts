/** Something to be done right after the present task: unlike timers, messages are not held back in a page that is out of
 * sight, and not slowed to 4 ms anywhere. Layer: adapters. */
export function runsSoon(): (run: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const due: (() => void)[] = [];
  port1.onmessage = () => {
    for (const run of due.splice(0)) run();
  };
  return (run) => {
    due.push(run);
    port2.postMessage(0);
  };
}
