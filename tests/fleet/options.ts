export const DAY = 86_400_000;
/** Of a day that never comes. */
export const NEVER = 65_535;

export interface FleetOptions {
  app: string;
  seed: number;
  installs: number;
  days: number;
  events: number;
  /** 00:00 UTC of the last day. */
  until: number;
  /** No record is later than this moment; Unix milliseconds. */
  cut: number;
}

/** What a person may ask for. */
export const LIMITS = {
  installs: [1, 5_000_000],
  // Events are kept for 13 months.
  days: [2, 390],
  events: [0, 1_000_000_000],
  seed: [0, 2 ** 31 - 1],
} as const;

/** Midnight UTC of the day that a moment is in. */
export const midnight = (time: number): number => Math.floor(time / DAY) * DAY;

/** `YYYY-MM-DD` as its midnight UTC; null where it is no day of the calendar. */
export function parseDay(text: string): number | null {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(text) ? null : time;
}
