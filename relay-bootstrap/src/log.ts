/** Log lines as JSON, one event each, without addresses or ids. What repeats is cut short. Layer: relay. */
import type { Log } from "#node/ports.ts";
import type { Lines } from "./output.ts";

/** Lines of one name in a minute; how many more there were is said with the first line of a later one. */
const LINES = 10;
const WINDOW_MS = 60_000;

interface Window {
  since: number;
  lines: number;
  left: number;
}

/** `about`: fields of every line, such as which of several nodes it is. Lines that the output lost are told in all with
 * the next that gets through. */
export function jsonLog(output: Lines, wall: () => number, about: Readonly<Record<string, number | string>>): Log {
  const windows = new Map<string, Window>();
  let told = 0;
  return {
    event(name, fields) {
      const now = wall();
      let window = windows.get(name);
      const left = window?.left ?? 0;
      if (!window || Math.abs(now - window.since) >= WINDOW_MS) {
        window = { since: now, lines: 0, left: 0 };
        windows.set(name, window);
      }
      if (++window.lines > LINES) {
        window.left++;
        return;
      }
      const time = new Date(now).toISOString();
      const more = window.lines === 1 && left > 0 ? { left_out: left } : {};
      const { lost } = output;
      const missing = lost > told ? { lines_lost: lost } : {};
      told = lost;
      output.line(JSON.stringify({ time, event: name, ...about, ...fields, ...more, ...missing }));
    },
  };
}
