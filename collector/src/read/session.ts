import { createHmac, timingSafeEqual } from "node:crypto";

export const SESSION_COOKIE = "rollcall_session";
export const SESSION_SECONDS = 30 * 24 * 3600;

/** Makes and checks the values of session cookies. Nothing is stored: the value is its own proof. */
export interface Sessions {
  issue(now: Date): { value: string; expiresAt: Date };
  /** When the session ends, or null for a value that is forged, expired or from another token. */
  check(value: string | undefined, now: Date): Date | null;
}

/**
 * Sessions are `<expiry in Unix seconds>.<HMAC-SHA-256>`. The administrator's token is part of the
 * key, so that a new token ends every session.
 *
 * @param sessionKey 32 random bytes, kept in the data directory
 */
export function createSessions(sessionKey: Buffer, adminToken: string): Sessions {
  const key = createHmac("sha256", sessionKey).update(adminToken).digest();
  const sign = (expiry: string) => createHmac("sha256", key).update(expiry).digest();
  return {
    issue(now) {
      const expiry = Math.floor(now.getTime() / 1000) + SESSION_SECONDS;
      const value = `${expiry}.${sign(String(expiry)).toString("base64url")}`;
      return { value, expiresAt: new Date(expiry * 1000) };
    },
    check(value, now) {
      const [, expiry, signature] = /^(\d{1,12})\.([A-Za-z0-9_-]{43})$/.exec(value ?? "") ?? [];
      if (expiry === undefined || signature === undefined) return null;
      if (!timingSafeEqual(Buffer.from(signature, "base64url"), sign(expiry))) return null;
      const expiresAt = new Date(Number(expiry) * 1000);
      return expiresAt > now ? expiresAt : null;
    },
  };
}

/** Wrong tokens at sign-in, counted for everybody together: who sent them is nobody's business. */
export interface FailureLimit {
  /** False while too many attempts failed: then nobody signs in, with whatever token. */
  allows(now: Date): boolean;
  fail(now: Date): void;
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
  };
}
