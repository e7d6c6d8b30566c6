import { createHmac, timingSafeEqual } from "node:crypto";
import type { PageRequest } from "./types.ts";

const DAY_MS = 86_400_000;

/**
 * The token in every form of the page: only somebody who can read the page as this administrator
 * knows it. It holds for the UTC day and the day after.
 *
 * @param key 32 bytes of this install, from `deriveKey`
 * @param subject whose form it is
 */
export function csrfToken(key: Buffer, subject: string, now: number = Date.now()): string {
  return createHmac("sha256", key)
    .update(`${Math.floor(now / DAY_MS)}\0${subject}`)
    .digest("base64url");
}

/** Whether a POST comes from a form of this page. */
export function csrfHolds(
  request: PageRequest,
  key: Buffer,
  subject: string,
  now: number = Date.now(),
): boolean {
  if (!sameOrigin(request.headers)) return false;
  const given = request.form.get("csrf") ?? "";
  return [now, now - DAY_MS].some((day) => equal(given, csrfToken(key, subject, day)));
}

/**
 * What the browser itself says about where a request comes from. `Origin` is `null` on a form of a
 * page with `Referrer-Policy: no-referrer`, and over plain HTTP there is no `Sec-Fetch-Site`: then
 * the token alone decides.
 */
export function sameOrigin(headers: PageRequest["headers"]): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  const origin = headers.origin;
  if (origin === undefined || origin === "null") return true;
  // A proxy may rewrite Host; a foreign page can set neither of the two.
  const hosts = [headers.host, headers["x-forwarded-host"]];
  return URL.canParse(origin) && hosts.includes(new URL(origin).host);
}

/** Whether a browser says that another site made it ask. An address that somebody typed is `none`. */
export function isForeign(headers: PageRequest["headers"]): boolean {
  return ["cross-site", "same-site"].includes(headers["sec-fetch-site"] ?? "");
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
