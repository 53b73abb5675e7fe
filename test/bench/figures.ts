/** Small tools of the benchmarks: time, order statistics, and the lines that people read. Nothing here passes or fails. */
export type Metrics = Record<string, number>;

/**
 * ms of CPU that this thread has had. On an idle machine it is the time on the wall; on a busy one it leaves out the time
 * that others had. For work of one thread that never waits.
 */
export function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** The q-th part of the sorted values, 0.5 the median. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Three significant digits say all that a benchmark knows. */
export function rounded(value: number): number {
  return Number(value.toPrecision(value >= 1000 ? 4 : 3));
}

/** ms of CPU for each call of `work`, the median of `runs` batches of `calls` after one that warms up. */
export function each(calls: number, work: () => unknown, runs = 5): number {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const started = cpuMs();
    for (let call = 0; call < calls; call++) work();
    times.push((cpuMs() - started) / calls);
  }
  return median(times.slice(1));
}

export type Say = (line: string) => void;
/** One figure and what stands beside it. */
export function line(name: string, value: number, unit: string, beside = ""): string {
  return `${name.padEnd(32)} ${String(rounded(value)).padStart(10)} ${unit.padEnd(9)} ${beside}`.trimEnd();
}
