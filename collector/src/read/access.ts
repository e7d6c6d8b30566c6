import type { FastifyInstance } from "fastify";
import { sendApiError } from "../errors.ts";
import type { Scope } from "../settings/kinds.ts";
import { type Auth, type KnownCaller, seesApp } from "./auth.ts";
import type { FailureLimit } from "./session.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Needs no credentials. Only read by the read API's own hook. */
    open?: boolean;
    /** What the credentials must allow; "read" by default. "signed_in": any that are valid. */
    scope?: Scope | "signed_in";
  }
  interface FastifyRequest {
    /** Who asks; set for every route that is not open. */
    caller: KnownCaller;
  }
}

/**
 * Lets nobody through to a route whose scope and app their credentials do not cover.
 *
 * @param wrongTokens counts tokens that open nothing. Past it they are answered 429; a right one is never
 *   turned away by others' guesses, and is too long to be found by them
 */
export function guardAccess(
  scope: FastifyInstance,
  auth: Auth,
  wrongTokens: FailureLimit,
  now: () => Date,
): void {
  // Set in the first hook; only open routes are without one, and they do not look.
  scope.decorateRequest("caller", null as unknown as KnownCaller);

  scope.addHook("onRequest", async (request, reply) => {
    reply.header("cache-control", "no-store");
    const { open, scope: needed = "read" } = request.routeOptions.config;
    if (open) return;
    const caller = auth.identify(request, now());
    if (caller.kind === "cross_site") return sendApiError(request, reply, "forbidden");
    if (caller.kind === "nobody") {
      if (request.headers.authorization !== undefined) {
        if (!wrongTokens.allows(now())) return sendApiError(request, reply, "rate_limited");
        wrongTokens.fail(now());
      }
      reply.header("www-authenticate", "Bearer");
      return sendApiError(request, reply, "unauthorized");
    }
    if (needed !== "signed_in" && !caller.scopes.has(needed)) {
      return sendApiError(request, reply, "forbidden");
    }
    request.caller = caller;
  });

  scope.addHook("preHandler", async (request, reply) => {
    if (request.routeOptions.config.open) return;
    const { app } = (request.query ?? {}) as { app?: unknown };
    // Another's app is as unknown as one that is not there.
    if (typeof app === "string" && app !== "" && !seesApp(request.caller, app)) {
      return sendApiError(request, reply, "app_unknown");
    }
  });
}
