import { z } from "zod";

/** Fields that several answers share. */
export const asOf = z.iso.datetime().meta({
  description: "Data received before this moment is in the answer.",
  example: "2026-11-20T08:12:04.000Z",
});
export const count = z.int().nonnegative();
export const bucketDay = z.string().meta({
  description: "First UTC day of the bucket.",
  example: "2026-11-01",
});
export const share = z.number().min(0).max(1).meta({
  description: "Part of all installs in the answer, from 0 to 1.",
  example: 0.34,
});

/** Adds each row's part of the whole; 0 where there is nothing. */
export function withShares<T extends { installs: number }>(
  rows: readonly T[],
  whole: number,
): (T & { share: number })[] {
  return rows.map((row) => ({ ...row, share: whole === 0 ? 0 : row.installs / whole }));
}
