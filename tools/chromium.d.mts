/** Types of chromium.mjs for the tests, which are checked strictly; the tools themselves are plain JavaScript. */
export const chromiumFlags: string[];
export function findChromium(): string | undefined;
export function needChromium(): Promise<string>;
