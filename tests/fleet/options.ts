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
