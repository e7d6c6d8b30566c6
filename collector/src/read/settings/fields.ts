import { z } from "zod";
import { isDay } from "../days.ts";

/*
 * Fields that several routes of the settings take. Every message says what is allowed: the answer puts
 * the field's name in front.
 */

const APP = "an app name: a lower-case letter, then letters, digits and -, 40 at most";
export const appName = z
  .string(APP)
  .regex(/^[a-z][a-z0-9-]{0,39}$/, APP)
  .meta({ description: "The app.", example: "timetracker" });

export const shortText = (most: number, allowed: string) =>
  z.string(allowed).trim().min(1, allowed).max(most, allowed);

export const tokenName = shortText(80, "a name of 1 to 80 characters").meta({
  description: "For people, to tell it from others.",
  example: "build server",
});

const LIMIT = "a whole number from 1 to 10000000, or null";
/** A budget of new installs a day, a rate of records a second. */
export const limit = z.int(LIMIT).min(1, LIMIT).max(10_000_000, LIMIT).nullable();

const DAY = "a day of the calendar as YYYY-MM-DD";
export const day = z
  .string(DAY)
  .refine(isDay, DAY)
  .meta({ description: "UTC day.", example: "2026-11-01" });

const isOutside = (year: number) => year < 1 || year > 9999;
const MOMENT = "a time such as 2027-06-30T00:00:00Z, or null";
export const momentOrNull = z.iso
  .datetime({ offset: true, error: MOMENT })
  // With its offset it may lie in a year that has a sign, which no setting can hold.
  .refine((text) => !isOutside(new Date(text).getUTCFullYear()), MOMENT)
  .nullable();

const APPS = "a list of at most 100 app names, or null for every app";
export const appList = z
  .array(appName, APPS)
  .min(1, APPS)
  .max(100, APPS)
  .nullable()
  .meta({ description: "Apps to be seen; null: every app.", example: ["timetracker"] });

/** The id in an address. */
export const idParams = z.object({
  id: z.string().min(1).max(100).meta({ description: "Its id, as the list has it." }),
});

export const appParams = z.object({ app: appName });

/** When and by whom a setting was changed last. */
export const changed = {
  changedAt: z.iso.datetime().meta({ description: "When it was changed last." }),
  changedBy: z.string().meta({ description: "Who changed it last." }),
};

export const changedOf = (entry: { changedAt: Date; changedBy: string }) => ({
  changedAt: entry.changedAt.toISOString(),
  changedBy: entry.changedBy,
});

/** The answer to a change without a body. */
export const DONE = { 204: { description: "Done." } };

/** What each of these routes has. */
export const inSettings = { config: { scope: "settings" as const } };

export const json = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: { "application/json": { schema } },
});
