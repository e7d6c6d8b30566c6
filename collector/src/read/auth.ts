import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { type Role, SCOPES, type Scope } from "../settings/kinds.ts";
import { hashOfToken } from "../settings/new-token.ts";
import type { Settings } from "../settings/types.ts";
import type { TokenUses } from "../settings/uses.ts";
import { SESSION_COOKIE, type Sessions } from "./session.ts";

/** Who asks, once it is known. */
export interface KnownCaller {
  kind: "known";
  /** For the audit log. */
  name: string;
  /** The user who signed in; null for tokens. */
  user: string | null;
  role: Role;
  scopes: ReadonlySet<Scope>;
  /** null: every app. */
  apps: readonly string[] | null;
  /** When the credentials end; null: not by themselves. */
  expiresAt: Date | null;
}

/** Who asks, as far as the credentials say. */
export type Caller =
  | KnownCaller
  /** The credentials are right, but another site may have made the browser send them. */
  | { kind: "cross_site" }
  | { kind: "nobody" };

export interface Auth {
  isAdminToken(token: string): boolean;
  /** Whose token this is. */
  byToken(token: string, now: Date): Caller;
  /** Decides who asks. */
  identify(request: FastifyRequest, now: Date): Caller;
}

interface AuthDeps {
  adminToken: string;
  sessions: Sessions;
  settings: Pick<Settings, "get" | "list" | "onChange">;
  uses: Pick<TokenUses, "note">;
}

const EVERYTHING: ReadonlySet<Scope> = new Set(SCOPES);
const RESTRICTED: ReadonlySet<Scope> = new Set(["restricted"]);
/** No user can have this name: users' names have no parentheses. */
const ADMINISTRATOR = "(administrator's token)";

const digest = (text: string) => createHash("sha256").update(text).digest();

/**
 * The credentials of the read API: the administrator's token, API tokens, and sessions.
 *
 * @example const caller = createAuth({ adminToken, sessions, settings, uses }).identify(request, new Date());
 */
export function createAuth({ adminToken, sessions, settings, uses }: AuthDeps): Auth {
  const expected = digest(adminToken);
  /** Ids of API tokens by their hash. */
  let byHash: Map<string, string> | null = null;
  settings.onChange((kind) => {
    if (kind === "api_token") byHash = null;
  });

  // Compared by hash, so that the time it takes says nothing about how much of a token is right.
  const isAdminToken = (token: string) => timingSafeEqual(expected, digest(token));

  function byToken(token: string, now: Date): Caller {
    if (isAdminToken(token)) return administrator(null);
    byHash ??= new Map(settings.list("api_token").map(({ key, value }) => [value.hash, key]));
    const id = byHash.get(hashOfToken(token));
    const found = id === undefined ? null : settings.get("api_token", id);
    if (id === undefined || found === null) return { kind: "nobody" };
    const expiresAt = found.expiresAt === null ? null : new Date(found.expiresAt);
    if (expiresAt !== null && expiresAt <= now) return { kind: "nobody" };
    uses.note(id);
    const scopes = new Set(found.scopes);
    const role = scopes.has("read") ? "administrator" : "viewer";
    const name = `API token ${found.name}`;
    return { kind: "known", name, user: null, role, scopes, apps: found.apps, expiresAt };
  }

  function bySession(value: string | undefined, now: Date): Caller {
    const session = sessions.check(value, now);
    if (session === null) return { kind: "nobody" };
    const { owner, expiresAt } = session;
    if (owner === "administrator") return administrator(expiresAt);
    const user = settings.get("user", owner.user);
    if (user === null || user.sessionEpoch !== owner.epoch) return { kind: "nobody" };
    const { role, apps } = user;
    const scopes = role === "administrator" ? EVERYTHING : RESTRICTED;
    return { kind: "known", name: owner.user, user: owner.user, role, scopes, apps, expiresAt };
  }

  return {
    isAdminToken,
    byToken,
    // A request with an Authorization header is judged by that alone, so that a wrong token never
    // falls back to a cookie that happens to be there.
    identify(request, now) {
      const { authorization } = request.headers;
      if (authorization !== undefined) {
        const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
        return token === undefined ? { kind: "nobody" } : byToken(token, now);
      }
      const caller = bySession(request.cookies[SESSION_COOKIE], now);
      if (caller.kind !== "known") return caller;
      const reads = request.method === "GET" || request.method === "HEAD";
      return reads || isSameOrigin(request) ? caller : { kind: "cross_site" };
    },
  };
}

/** Whoever holds the administrator's token: everything, of every app. */
export function administrator(expiresAt: Date | null): KnownCaller {
  return {
    kind: "known",
    name: ADMINISTRATOR,
    user: null,
    role: "administrator",
    scopes: EVERYTHING,
    apps: null,
    expiresAt,
  };
}

/** Whether a caller may hand on all of these scopes: nobody gives more than they have. */
export const holds = (caller: KnownCaller, scopes: readonly Scope[]): boolean =>
  scopes.every((scope) => caller.scopes.has(scope));

/** Whether a caller may see an app at all. */
export const seesApp = ({ apps }: KnownCaller, app: string): boolean =>
  apps === null || apps.includes(app);

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
