/** Bounds how often something is done: true where it may be done now. */
export type Rate = () => boolean;

/** What a bucket lets through: so much at once, and over time so much a second. */
export interface BucketBounds {
  perSecond: number;
  burst: number;
}

/** What is left of a bucket, and when that was so, in milliseconds of a clock that never goes back. */
export interface Bucket {
  left: number;
  since: number;
}

/** One, less what adding up parts of it may lose. */
const ONE = 1 - 1e-6;

/** Refills a bucket up to now. Seconds until it lets something through again; 0: it does. */
export function secondsToWait(bucket: Bucket, { perSecond, burst }: BucketBounds, now: number) {
  bucket.left = Math.min(burst, bucket.left + ((now - bucket.since) / 1000) * perSecond);
  bucket.since = now;
  return bucket.left < ONE ? (1 - bucket.left) / perSecond : 0;
}

/**
 * A bucket of `burst` that refills by `perSecond`.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function createRate(
  bounds: BucketBounds,
  now: () => number = () => performance.now(),
): Rate {
  const bucket: Bucket = { left: bounds.burst, since: now() };
  return () => {
    if (secondsToWait(bucket, bounds, now()) > 0) return false;
    bucket.left -= 1;
    return true;
  };
}
