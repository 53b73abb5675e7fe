/** Types of engines.mjs for the tests, which are checked strictly; the tools themselves are plain JavaScript. */
export function findFirefox(): string | undefined;
export const firefoxLaunch: {
  channel: string;
  executablePath: string;
  firefoxUserPrefs: Record<string, string | number | boolean>;
};
export function findWebKit(): { driver: string; xvfb: string } | undefined;
export const otherEngines: readonly string[];
export function needEngine(engine: string): Promise<void>;
export function lookForEngines(
  ci?: boolean,
  need?: (engine: string) => Promise<void>,
): Promise<{ there: string[]; missing: { engine: string; told: string; fails: boolean }[] }>;
