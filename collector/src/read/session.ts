import { createHash, createHmac, timingSafeEqual } from "node:crypto";

export const SESSION_COOKIE = "rollcall_session";
export const SESSION_SECONDS = 30 * 24 * 3600;

/** Who signed in: a user in one epoch of theirs, or whoever held the administrator's token. */
export type SessionOwner = { user: string; epoch: number } | "administrator";

export interface Session {
  owner: SessionOwner;
  expiresAt: Date;
}

/** Makes and checks the values of session cookies. Nothing is stored: the value is its own proof. */
export interface Sessions {
  issue(owner: SessionOwner, now: Date): { value: string; expiresAt: Date };
  /** Null for a value that is forged, expired or from another token. Epochs are the caller's to compare. */
  check(value: string | undefined, now: Date): Session | null;
}

const VALUE = /^((\d{1,12})(?:\.([A-Za-z0-9_-]{1,200})\.(\d{1,16}))?)\.([A-Za-z0-9_-]{43})$/;

/**
 * Sessions are `<expiry in Unix seconds>.<HMAC-SHA-256>` for the administrator's token, and
 * `<expiry>.<user in base64url>.<epoch>.<HMAC-SHA-256>` for a user. The administrator's token is part
 * of the key, so that a new token ends every session.
 *
 * @param sessionKey 32 random bytes, kept in the data directory
 */
export function createSessions(sessionKey: Buffer, adminToken: string): Sessions {
  const key = createHmac("sha256", sessionKey).update(adminToken).digest();
  const sign = (content: string) => createHmac("sha256", key).update(content).digest();
  return {
    issue(owner, now) {
      const expiry = Math.floor(now.getTime() / 1000) + SESSION_SECONDS;
      const of =
        owner === "administrator"
          ? ""
          : `.${Buffer.from(owner.user).toString("base64url")}.${owner.epoch}`;
      const content = `${expiry}${of}`;
      const value = `${content}.${sign(content).toString("base64url")}`;
      return { value, expiresAt: new Date(expiry * 1000) };
    },
    check(value, now) {
      const [, content, expiry, user, epoch, signature] = VALUE.exec(value ?? "") ?? [];
      if (content === undefined || signature === undefined) return null;
      if (!timingSafeEqual(Buffer.from(signature, "base64url"), sign(content))) return null;
      const expiresAt = new Date(Number(expiry) * 1000);
      if (expiresAt <= now) return null;
      const owner: SessionOwner =
        user === undefined
          ? "administrator"
          : { user: Buffer.from(user, "base64url").toString(), epoch: Number(epoch) };
      return { owner, expiresAt };
    },
  };
}

/** Failed attempts, counted for everybody together: who made them is nobody's business. */
export interface FailureLimit {
  /** False while too many attempts failed. */
  allows(now: Date): boolean;
  fail(now: Date): void;
  /** Takes one failure back: it was counted before the answer was known. */
  forgive(): void;
}

/** Allows `burst` failures at once, and one more each time `secondsEach` have gone by. */
export function createFailureLimit(burst: number, secondsEach: number): FailureLimit {
  let left = burst;
  let countedAt = 0;
  const refill = (now: Date) => {
    const seconds = Math.max(0, (now.getTime() - countedAt) / 1000);
    left = Math.min(burst, left + seconds / secondsEach);
    countedAt = now.getTime();
  };
  return {
    allows(now) {
      refill(now);
      return left >= 1;
    },
    fail(now) {
      refill(now);
      left = Math.max(0, left - 1);
    },
    forgive() {
      left = Math.min(burst, left + 1);
    },
  };
}

/** Ten wrong passwords of a name at once, then one in five seconds (the Retry-After of rate_limited). */
const OF_A_NAME = [10, 5] as const;
/**
 * Of all names together, so that no list of names is tried with one password each at any speed. It is more
 * than somebody at one name, or at a few, can use up.
 */
const OF_ALL_NAMES = [300, 0.2] as const;
/** Names that are remembered; whoever is forgotten begins anew, which costs as many tries of others. */
const MOST_NAMES = 10_000;

/** Wrong passwords, limited by the name they are tried for: guesses at one lock nobody else out. */
export interface PasswordLimit {
  /**
   * Counts a try as failed before its password is checked: many at once are no way around the limit.
   *
   * @returns what takes that back; null where the name, or all names together, had too many
   */
  attempt(name: string, now: Date): (() => void) | null;
}

/** @param mostNames names that are remembered at a time */
export function createPasswordLimit(mostNames = MOST_NAMES): PasswordLimit {
  const all = createFailureLimit(...OF_ALL_NAMES);
  /** By a hash, because people type passwords into the field for names; the one tried last is the last. */
  const names = new Map<string, FailureLimit>();

  function limitOf(name: string): FailureLimit {
    const key = createHash("sha256").update(name).digest("base64");
    const limit = names.get(key) ?? createFailureLimit(...OF_A_NAME);
    names.delete(key);
    names.set(key, limit);
    if (names.size > mostNames) names.delete(names.keys().next().value as string);
    return limit;
  }

  return {
    attempt(name, now) {
      const limits = [limitOf(name), all];
      // What its own name stops counts for no other.
      if (!limits.every((limit) => limit.allows(now))) return null;
      for (const limit of limits) limit.fail(now);
      return () => {
        for (const limit of limits) limit.forgive();
      };
    },
  };
}
