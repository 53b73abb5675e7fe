/** The `Log` of a page or worker: the console, where only the person at this device reads it. Layer: adapters. */
import type { Log } from "#node/ports.ts";

export const consoleLog: Log = {
  event(name, fields) {
    console.info(`[nodus] ${name}`, fields ?? {});
  },
};
