/*
 * "Active" where a question looks back from now: heard from in the last 28 × 24 hours
 * (docs/decisions/0004). Charts over time count UTC days instead.
 */

/** Condition on `installs_flat`; takes `{now:DateTime64(3, 'UTC')}`. */
export const ACTIVE_IN_MONTH = "last_seen >= {now:DateTime64(3, 'UTC')} - INTERVAL 28 DAY";

/** Whole days of 24 hours from a moment of `installs_flat` to now; 0 also for what is ahead of now. */
export const wholeDaysSince = (moment: string): string =>
  `intDiv(dateDiff('millisecond', ${moment}, {now:DateTime64(3, 'UTC')}), 86400000)`;
