import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { SESSION_COOKIE, type Sessions } from "./session.ts";

/** Who asks, as far as the credentials say. */
export type Caller =
  | { kind: "token" }
  | { kind: "session"; expiresAt: Date }
  /** The credentials are right, but another site may have made the browser send them. */
  | { kind: "cross_site" }
  | { kind: "nobody" };

const digest = (text: string) => createHash("sha256").update(text).digest();

/** Compares by hash, so that the time it takes says nothing about how much of a token is right. */
export function createTokenCheck(adminToken: string): (token: string) => boolean {
  const expected = digest(adminToken);
  return (token) => timingSafeEqual(expected, digest(token));
}

/**
 * Decides who asks. A request with an Authorization header is judged by that alone, so that a wrong
 * token never falls back to a cookie that happens to be there.
 */
export function identify(
  request: FastifyRequest,
  isAdmin: (token: string) => boolean,
  sessions: Sessions,
  now: Date,
): Caller {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    return token !== undefined && isAdmin(token) ? { kind: "token" } : { kind: "nobody" };
  }
  const expiresAt = sessions.check(request.cookies[SESSION_COOKIE], now);
  if (expiresAt === null) return { kind: "nobody" };
  const reads = request.method === "GET" || request.method === "HEAD";
  if (!reads && !isSameOrigin(request)) return { kind: "cross_site" };
  return { kind: "session", expiresAt };
}

/**
 * True when the browser says that a page of this very origin makes the request. SameSite=Strict
 * already keeps the cookie from other sites; this also stops pages of sibling hosts and other ports.
 */
export function isSameOrigin(request: FastifyRequest): boolean {
  const { "sec-fetch-site": site, origin, host } = request.headers;
  // Sent by browsers for https and localhost, and right behind a proxy that changes Host.
  if (site !== undefined) return site === "same-origin";
  if (origin === undefined || host === undefined) return false;
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

/** True when the browser came by https, here or at the proxy in front. Only its own cookie depends on it. */
export function cameByHttps(request: FastifyRequest): boolean {
  const forwarded = request.headers["x-forwarded-proto"];
  return request.protocol === "https" || String(forwarded).split(",")[0]?.trim() === "https";
}
