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
  type FailureLimit,
  type PasswordLimit,
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
  passwordLimit: PasswordLimit;
  /** Shared with the Bearer tokens of every route. */
  wrongTokens: FailureLimit;
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
  const { auth, sessions, settings, passwords, passwordLimit, wrongTokens, now } = deps;

  /** The right token is never turned away: else whoever sends wrong ones locks everybody out. */
  function ownerOfToken(token: string): SessionOwner | null | "limited" {
    if (auth.isAdminToken(token)) return "administrator";
    if (!wrongTokens.allows(now())) return "limited";
    wrongTokens.fail(now());
    return null;
  }

  async function ownerOfPassword(
    name: string,
    password: string,
  ): Promise<SessionOwner | null | "limited"> {
    const takeBack = passwordLimit.attempt(name, now());
    if (takeBack === null) return "limited";
    const user = settings.get("user", name);
    const right = await passwords.matches(user?.passwordHash ?? null, password);
    if (right) takeBack();
    if (right === "busy") return "limited";
    // The password may have changed while it was checked.
    const still = settings.get("user", name)?.passwordHash === user?.passwordHash;
    return right && user && still ? { user: name, epoch: user.sessionEpoch } : null;
  }

  scope.post("/v1/session", {
    config: { open: true },
    schema: {
      operationId: "sign_in",
      tags: ["Session"],
      summary: "Sign in",
      description: `With the administrator's token, or as a user. Sets the cookie \`${SESSION_COOKIE}\` (HttpOnly, SameSite=Strict) for 30 days. Wrong passwords are limited by name, and wrong tokens for everybody together.`,
      security: PUBLIC,
      body: credentials,
      response: {
        204: noContent("Signed in; the cookie is in Set-Cookie."),
        ...errors(400, 401, 429),
      },
    },
    handler: async (request, reply) => {
      const { token, name = "", password = "" } = request.body;
      const owner =
        token === undefined
          ? await ownerOfPassword(name.toLowerCase(), password)
          : ownerOfToken(token);
      if (owner === "limited") return sendApiError(request, reply, "rate_limited");
      if (owner === null) return refuse(request, reply, token !== undefined);
      return setSession(request, reply, sessions.issue(owner, now()).value).code(204).send();
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

/** Gives the browser a session that its scripts cannot read. */
export const setSession = (request: FastifyRequest, reply: FastifyReply, value: string) =>
  reply.setCookie(SESSION_COOKIE, value, {
    httpOnly: true,
    sameSite: "strict",
    path: "/",
    secure: cameByHttps(request),
    maxAge: SESSION_SECONDS,
  });

function refuse(request: FastifyRequest, reply: FastifyReply, token: boolean) {
  const message = token
    ? "This is not the administrator's token."
    : "There is no user with this name and password.";
  return sendApiError(request, reply, "unauthorized", message);
}
