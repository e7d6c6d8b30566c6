import { addDays, type Day, startOf } from "../read/days.ts";

/** What came late to a day is waited for this long: most senders retry within it. */
export const MARGIN_MS = 2 * 3_600_000;

/** The first moment at which a day is published. @example dueAt("2026-11-19") // 2026-11-20T02:00Z */
export const dueAt = (day: Day): Date => new Date(startOf(addDays(day, 1)).getTime() + MARGIN_MS);
