import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../errors.ts";
import { ROLES, SCOPES } from "../settings/kinds.ts";
import { LONGEST_PASSWORD, type Passwords } from "../settings/passwords.ts";
import type { Settings } from "../settings/types.ts";
import { type Auth, cameByHttps } from "./auth.ts";
import { errors, PUBLIC } from "./openapi.ts";
import {
  createFailureLimit,
  SESSION_COOKIE,
  SESSION_SECONDS,
  type SessionOwner,
  type Sessions,
} from "./session.ts";

interface SignInDeps {
  auth: Auth;
  sessions: Sessions;
  settings: Pick<Settings, "get">;
  passwords: Passwords;
  now(): Date;
}

const session = z
  .object({
    signedIn: z.literal(true),
    name: z.string().meta({ description: "Who; in parentheses where it is no user." }),
    role: z.enum(ROLES).meta({ description: "A viewer reads what is published, and no more." }),
    scopes: z.array(z.enum(SCOPES)).meta({ description: "What the credentials allow." }),
    apps: z.array(z.string()).nullable().meta({ description: "Apps to be seen; null: all." }),
    expiresAt: z.iso.datetime().nullable().meta({
      description: "When the credentials end; null: not by themselves.",
    }),
  })
  .meta({
    id: "Session",
    example: {
      signedIn: true,
      name: "maria",
      role: "viewer",
      scopes: ["restricted"],
      apps: ["timetracker"],
      expiresAt: "2026-12-20T08:12:04.000Z",
    },
  });

const NEEDED = "a token, or a name and a password";
const credentials = z
  .object({
    token: z.string("a string").min(1, "a token").max(256, "at most 256 characters").optional(),
    name: z.string("a string").min(1, "a user's name").max(200, "a user's name").optional(),
    password: z
      .string("a string")
      .min(1, "a password")
      .max(LONGEST_PASSWORD, `at most ${LONGEST_PASSWORD} characters`)
      .optional(),
  })
  .superRefine(({ token, name, password }, context) => {
    const pair = name !== undefined && password !== undefined;
    const half = (name === undefined) !== (password === undefined);
    if (half || (token !== undefined) === pair) {
      context.addIssue({ code: "custom", path: ["token"], message: NEEDED });
    }
  })
  .meta({
    id: "Credentials",
    description: `Either ${NEEDED}.`,
    example: { name: "maria", password: "correct horse battery" },
  });

const noContent = (description: string) => ({ description });

/** `/api/v1/session`: the dashboard trades credentials for a cookie that scripts cannot read. */
export function registerSignIn(app: FastifyInstance, deps: SignInDeps): void {
  const scope = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();
  const { auth, sessions, settings, passwords, now } = deps;
  // Ten wrong tries at once, then one in five seconds (the Retry-After of rate_limited): no
  // hindrance to a person, no use to a guesser. Sessions and Bearer tokens go on working.
  const limit = createFailureLimit(10, 5);

  /** Who the credentials belong to, or null. "busy": too many passwords are being checked. */
  async function ownerOf({
    token,
    name,
    password,
  }: z.output<typeof credentials>): Promise<SessionOwner | null | "busy"> {
    if (token !== undefined) return auth.isAdminToken(token) ? "administrator" : null;
    const userName = name?.toLowerCase() ?? "";
    const user = settings.get("user", userName);
    const right = await passwords.matches(user?.passwordHash ?? null, password ?? "");
    if (right === "busy") return "busy";
    // The password may have changed while it was checked.
    const still = settings.get("user", userName)?.passwordHash === user?.passwordHash;
    return right && user && still ? { user: userName, epoch: user.sessionEpoch } : null;
  }

  scope.post("/v1/session", {
    config: { open: true },
    schema: {
      operationId: "sign_in",
      tags: ["Session"],
      summary: "Sign in",
      description: `With the administrator's token, or as a user. Sets the cookie \`${SESSION_COOKIE}\` (HttpOnly, SameSite=Strict) for 30 days. Wrong tries are limited for everybody together.`,
      security: PUBLIC,
      body: credentials,
      response: {
        204: noContent("Signed in; the cookie is in Set-Cookie."),
        ...errors(400, 401, 429),
      },
    },
    handler: async (request, reply) => {
      if (!limit.allows(now())) return sendApiError(request, reply, "rate_limited");
      // Counted before the answer is known: many tries at once are no way around the limit.
      limit.fail(now());
      const owner = await ownerOf(request.body);
      if (owner === "busy") {
        limit.forgive();
        return sendApiError(request, reply, "rate_limited");
      }
      if (owner === null) return refuse(request, reply, request.body.token !== undefined);
      limit.forgive();
      return reply
        .setCookie(SESSION_COOKIE, sessions.issue(owner, now()).value, {
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
    config: { scope: "signed_in" },
    schema: {
      operationId: "session",
      tags: ["Session"],
      summary: "Whose credentials these are",
      response: {
        200: {
          description: "They hold.",
          content: { "application/json": { schema: session } },
        },
        ...errors(401),
      },
    },
    handler: async ({ caller }) => ({
      signedIn: true as const,
      name: caller.name,
      role: caller.role,
      scopes: [...caller.scopes],
      apps: caller.apps === null ? null : [...caller.apps],
      expiresAt: caller.expiresAt?.toISOString() ?? null,
    }),
  });

  scope.delete("/v1/session", {
    config: { scope: "signed_in" },
    schema: {
      operationId: "sign_out",
      tags: ["Session"],
      summary: "Sign out",
      description:
        "Removes the cookie. A new administrator's token ends every session everywhere, a new password those of its user.",
      response: { 204: noContent("Signed out."), ...errors(401, 403) },
    },
    handler: async (_request, reply) =>
      reply.clearCookie(SESSION_COOKIE, { path: "/" }).code(204).send(),
  });
}

function refuse(request: FastifyRequest, reply: FastifyReply, token: boolean) {
  const message = token
    ? "This is not the administrator's token."
    : "There is no user with this name and password.";
  return sendApiError(request, reply, "unauthorized", message);
}
