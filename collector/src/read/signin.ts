import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../errors.ts";
import { cameByHttps, identify } from "./auth.ts";
import { errors, PUBLIC } from "./openapi.ts";
import { createFailureLimit, SESSION_COOKIE, SESSION_SECONDS, type Sessions } from "./session.ts";

interface SignInDeps {
  isAdmin(token: string): boolean;
  sessions: Sessions;
  now(): Date;
}

const session = z
  .object({
    signedIn: z.literal(true),
    expiresAt: z.iso.datetime().nullable().meta({
      description: "When the cookie ends; null for a request with a token.",
    }),
  })
  .meta({ id: "Session", example: { signedIn: true, expiresAt: "2026-12-20T08:12:04.000Z" } });

const credentials = z
  .object({ token: z.string("a string").min(1, "a token").max(256, "at most 256 characters") })
  .meta({ id: "Credentials", example: { token: "rca_an-administrators-token" } });

const noContent = (description: string) => ({ description });

/** `/api/v1/session`: the dashboard trades the token for a cookie that scripts cannot read. */
export function registerSignIn(app: FastifyInstance, deps: SignInDeps): void {
  const scope = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();
  const { isAdmin, sessions, now } = deps;
  // Ten wrong tokens at once, then one in five seconds (the Retry-After of rate_limited): no
  // hindrance to a person, no use to a guesser. Sessions and Bearer tokens go on working.
  const limit = createFailureLimit(10, 5);

  scope.post("/v1/session", {
    config: { open: true },
    schema: {
      operationId: "sign_in",
      tags: ["Session"],
      summary: "Sign in",
      description: `Sets the cookie \`${SESSION_COOKIE}\` (HttpOnly, SameSite=Strict) for 30 days. Wrong tokens are limited for everybody together.`,
      security: PUBLIC,
      body: credentials,
      response: {
        204: noContent("Signed in; the cookie is in Set-Cookie."),
        ...errors(400, 401, 429),
      },
    },
    handler: async (request, reply) => {
      if (!limit.allows(now())) return sendApiError(request, reply, "rate_limited");
      if (!isAdmin(request.body.token)) {
        limit.fail(now());
        return sendApiError(
          request,
          reply,
          "unauthorized",
          "This is not the administrator's token.",
        );
      }
      return reply
        .setCookie(SESSION_COOKIE, sessions.issue(now()).value, {
          httpOnly: true,
          sameSite: "strict",
          path: "/",
          secure: cameByHttps(request),
          maxAge: SESSION_SECONDS,
        })
        .code(204)
        .send();
    },
  });

  scope.get("/v1/session", {
    schema: {
      operationId: "session",
      tags: ["Session"],
      summary: "Whether the credentials hold",
      response: {
        200: {
          description: "They do.",
          content: { "application/json": { schema: session } },
        },
        ...errors(401),
      },
    },
    handler: async (request, reply) => {
      const caller = identify(request, isAdmin, sessions, now());
      if (caller.kind === "session") {
        return { signedIn: true as const, expiresAt: caller.expiresAt.toISOString() };
      }
      if (caller.kind === "token") return { signedIn: true as const, expiresAt: null };
      return sendApiError(request, reply, "unauthorized");
    },
  });

  scope.delete("/v1/session", {
    schema: {
      operationId: "sign_out",
      tags: ["Session"],
      summary: "Sign out",
      description: "Removes the cookie. A new administrator's token ends every session everywhere.",
      response: { 204: noContent("Signed out."), ...errors(401, 403) },
    },
    handler: async (_request, reply) =>
      reply.clearCookie(SESSION_COOKIE, { path: "/" }).code(204).send(),
  });
}
