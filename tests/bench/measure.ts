import { cpuSeconds, descendants, residentBytes } from "../support/processes.ts";

/** The middle of a list, or the mean of the two in the middle. */
export function median(values: number[]): number {
  return percentile(values, 50);
}

/** By linear interpolation between the closest ranks. */
export function percentile(values: number[], percent: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const rank = ((sorted.length - 1) * percent) / 100;
  const [below, above] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
  return below + (above - below) * (rank - Math.floor(rank));
}

/** CPU seconds of the collector and all its children until now. */
export function processorSeconds(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, each) => sum + cpuSeconds(each), 0);
}

/** Resident megabytes of the collector and of its engine. */
export function memory(pid: number): { collector: number; engine: number } {
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  const engines = descendants(pid).reduce((sum, each) => sum + residentBytes(each), 0);
  return { collector: megabytes(residentBytes(pid)), engine: megabytes(engines) };
}

/** Rounded so that a line can be read and two lines compared. */
export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
