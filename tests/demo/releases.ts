export interface Release {
  version: string;
  /** The day it came out, counted from the fleet's first day; negative before it. */
  day: number;
  /** Only for installs on the beta channel. */
  beta: boolean;
}

/** When each release came out, as a share of the played time, which is 90 days unless told otherwise. */
const HISTORY: [version: string, share: number][] = [
  ["5.6.0", -0.9],
  ["5.7.0", -0.4],
  ["5.7.1", -0.15],
  ["5.8.0", 0.1],
  ["5.9.0", 0.34],
  ["5.9.1", 0.5],
  ["5.10.0-rc.1", 0.64],
  ["5.10.0", 0.72],
  ["5.10.1", 0.9],
];

/** All releases, oldest first. */
export function releases(days: number): Release[] {
  return HISTORY.map(([version, share]) => ({
    version,
    day: Math.round(share * days),
    beta: version.includes("-"),
  }));
}
