import { type Bucket, type BucketBounds, secondsToWait } from "../rate.ts";
import type { Sender } from "./authenticate.ts";
import type { Problem } from "./problem.ts";
import type { Tally } from "./tally.ts";

/** Records a second over time; 0: no bound. */
export interface RecordRates {
  /** Of one token that has no rate of its own. */
  token: number;
  /** Of one install. */
  install: number;
}

export interface IngestRates {
  /** Before a body is read: why this token must wait, or null. */
  mayCome(sender: Sender): Problem | null;
  /** Once the records are known: takes them from both rates, or says why none of them is taken. */
  take(sender: Sender, brought: Pick<Tally, "accepted" | "refused" | "install">): Problem | null;
}

/** At once a token may send what it may in a minute. */
const TOKEN_BURST_SECONDS = 60;
/** And an install all that a client keeps in memory through an outage. */
const INSTALL_BURST_SECONDS = 1_000;
/** Installs that are remembered; whoever is forgotten begins with a full bucket. */
const MOST_INSTALLS = 50_000;

/**
 * How many records a second a token and an install may send. A request is taken whole while something
 * is left, however many records it holds, and what it overdraws is waited for: so no request is too
 * large to be ever taken, and `Retry-After` is exact. At most as much is owed as may come at once: one huge
 * request of a stranger must not shut everybody's token for hours.
 *
 * A request with records of several installs comes from a relay and is held to the token's rate alone:
 * to put it off for one of them would put off the others. A token that may send the past is a
 * maintainer's import and no part of a build: it has the rate that it was given, or none.
 *
 * @param now milliseconds of a clock that never goes back
 * @example
 * const rates = createIngestRates({ token: 2000, install: 10 });
 * rates.take(sender, { accepted: 512, refused: 0, install: "6f1c…" }); // null: taken
 */
export function createIngestRates(
  rates: RecordRates,
  now: () => number = () => performance.now(),
  mostInstalls = MOST_INSTALLS,
): IngestRates {
  const tokens = new Map<string, Bucket>();
  const installs = new Map<string, Bucket>();
  const installBounds = boundsOf(rates.install, INSTALL_BURST_SECONDS);

  function boundsOfToken({ backfill, recordsPerSecond }: Sender): BucketBounds | null {
    return boundsOf(recordsPerSecond ?? (backfill ? 0 : rates.token), TOKEN_BURST_SECONDS);
  }

  /** As many as there are tokens: nobody else gets this far. */
  function bucketOfToken({ token }: Sender, { burst }: BucketBounds): Bucket {
    const bucket = tokens.get(token) ?? { left: burst, since: now() };
    tokens.set(token, bucket);
    return bucket;
  }

  function bucketOfInstall(app: string, install: string, { burst }: BucketBounds): Bucket {
    const key = `${app}\0${install}`;
    const bucket = installs.get(key) ?? { left: burst, since: now() };
    // The one that sent last goes to the end, so that the first is the longest silent.
    installs.delete(key);
    installs.set(key, bucket);
    if (installs.size > mostInstalls) installs.delete(installs.keys().next().value as string);
    return bucket;
  }

  function mayCome(sender: Sender): Problem | null {
    const bounds = boundsOfToken(sender);
    if (bounds === null) return null;
    const wait = secondsToWait(bucketOfToken(sender, bounds), bounds, now());
    return wait === 0 ? null : putOff("token_rate", "a token", bounds, wait);
  }

  return {
    mayCome,
    take(sender, { accepted, refused, install }) {
      const records = accepted + refused;
      // Asked again: others may have come while this body was read.
      const problem = mayCome(sender);
      if (problem) return problem;
      if (installBounds !== null && install !== null && !sender.backfill) {
        const bucket = bucketOfInstall(sender.app, install, installBounds);
        const wait = secondsToWait(bucket, installBounds, now());
        if (wait > 0) return putOff("install_rate", "an install", installBounds, wait);
        spend(bucket, records, installBounds);
      }
      const bounds = boundsOfToken(sender);
      if (bounds !== null) spend(bucketOfToken(sender, bounds), records, bounds);
      return null;
    },
  };
}

function spend(bucket: Bucket, records: number, { burst }: BucketBounds): void {
  bucket.left = Math.max(bucket.left - records, -burst);
}

function boundsOf(perSecond: number, burstSeconds: number): BucketBounds | null {
  return perSecond === 0 ? null : { perSecond, burst: perSecond * burstSeconds };
}

function putOff(
  fault: "token_rate" | "install_rate",
  who: string,
  { perSecond }: BucketBounds,
  wait: number,
): Problem {
  const description = `over time ${who} may send ${perSecond} records a second`;
  return { fault, description, retryAfterSeconds: Math.ceil(wait) };
}
