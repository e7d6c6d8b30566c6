import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Session {
  userId: number;
  /** Tells this session's forms from those of another site. */
  csrf: string;
}

/** Sessions without a table: a cookie `user.expires.random` with a signature over all three. */
export interface Sessions {
  /** The `Set-Cookie` value of a new session. */
  open(userId: number, secure: boolean): string;
  /** Null when the cookie is missing, forged or too old. */
  read(cookieHeader: string | undefined): Session | null;
  /** The `Set-Cookie` value that ends it in the browser. */
  close(): string;
}

const COOKIE = "tt_session";
const SECONDS = 7 * 24 * 3600;

export function createSessions(dataDir: string): Sessions {
  const secret = readSecret(join(dataDir, "session.key"));
  const sign = (purpose: string, text: string) =>
    createHmac("sha256", secret).update(`${purpose}:${text}`).digest("base64url");
  return {
    open(userId, secure) {
      const expires = Math.floor(Date.now() / 1000) + SECONDS;
      const session = `${userId}.${expires}.${randomBytes(12).toString("base64url")}`;
      const value = `${session}.${sign("session", session)}`;
      const flags = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${SECONDS}${secure ? "; Secure" : ""}`;
      return `${COOKIE}=${value}; ${flags}`;
    },
    read(cookieHeader = "") {
      const found = new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(cookieHeader)?.[1] ?? "";
      const end = found.lastIndexOf(".");
      const session = found.slice(0, Math.max(end, 0));
      if (!same(found.slice(end + 1), sign("session", session))) return null;
      const [userId, expires] = session.split(".").map(Number);
      if (userId === undefined || !(Number(expires) * 1000 > Date.now())) return null;
      return { userId, csrf: sign("csrf", session) };
    },
    close: () => `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`,
  };
}

/** Compares two texts in a time that tells nothing about where they differ. */
export function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function readSecret(path: string): Buffer {
  try {
    // `wx`: of two processes that start together, one writes and both read the same.
    writeFileSync(path, randomBytes(32), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(path);
}
