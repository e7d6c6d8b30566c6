/** Bounds how often something is done: true where it may be done now. */
export type Rate = () => boolean;

/**
 * A bucket of `burst` that refills by `perSecond`.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function createRate(
  { perSecond, burst }: { perSecond: number; burst: number },
  now: () => number = () => performance.now(),
): Rate {
  let left = burst;
  let since = now();
  return () => {
    const moment = now();
    left = Math.min(burst, left + ((moment - since) / 1000) * perSecond);
    since = moment;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
