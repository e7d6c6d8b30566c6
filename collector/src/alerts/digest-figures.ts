import { z } from "zod";

const day = z.iso.date();
const count = z.int().nonnegative();

/** What a digest says of an app: exact counts of admitted installs, as on the dashboard. */
export const digestFigures = z.object({
  /** The first and last UTC day that it is about. */
  from: day,
  to: day,
  /** Installs in the 28 days to `to`, and in those to the day before `from`. */
  active: z.object({ installs: count, before: count }),
  /** First heard of on these days. */
  new: count,
  /** Among `active.before` and not among `active.installs`. */
  churned: count,
  /** The versions that most of the 28 days' installs are on. */
  versions: z.array(z.object({ version: z.string(), installs: count, share: z.number() })),
  /** The newest final release, and who was on it on `to`; null where there is none. */
  release: z
    .object({ version: z.string(), released: day, installs: count, reporting: count })
    .nullable(),
  /** Of installs that shared detailed usage on these days (`sharing`), those with an error. */
  errors: z.object({
    installs: count,
    sharing: count,
    types: z.array(z.object({ type: z.string().nullable(), installs: count, count })),
  }),
  /** Records refused on these days, of all that came. */
  refusals: z.object({
    refused: count,
    share: z.number(),
    reasons: z.array(z.object({ reason: z.string(), count })),
  }),
});
export type DigestFigures = z.output<typeof digestFigures>;
