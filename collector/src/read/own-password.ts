import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../errors.ts";
import { LONGEST_PASSWORD, type Passwords } from "../settings/passwords.ts";
import type { Settings } from "../settings/types.ts";
import { errors } from "./openapi.ts";
import type { PasswordLimit, Sessions } from "./session.ts";
import { DONE } from "./settings/fields.ts";
import { nextEpoch, password } from "./settings/users.ts";
import { setSession } from "./signin.ts";

interface OwnPasswordDeps {
  sessions: Sessions;
  settings: Pick<Settings, "get" | "change">;
  passwords: Passwords;
  passwordLimit: PasswordLimit;
  now(): Date;
}

const CURRENT = "the password of now";
const body = z
  .object({
    current: z
      .string(CURRENT)
      .min(1, CURRENT)
      .max(LONGEST_PASSWORD, CURRENT)
      .meta({ description: "The password of now: a session that was left open is not enough." }),
    password,
  })
  .meta({
    id: "OwnPassword",
    example: { current: "the old horse battery", password: "correct horse battery" },
  });

/** `/api/v1/session/password`: a user changes their own password, whatever their role. */
export function registerOwnPassword(app: FastifyInstance, deps: OwnPasswordDeps): void {
  const { sessions, settings, passwords, passwordLimit, now } = deps;
  app.withTypeProvider<FastifyZodOpenApiTypeProvider>().put("/v1/session/password", {
    config: { scope: "signed_in" },
    schema: {
      operationId: "change_own_password",
      tags: ["Session"],
      summary: "Change one's own password",
      description:
        "For users who signed in. Ends the user's other sessions; this one goes on with a new cookie.",
      body,
      response: { ...DONE, ...errors(400, 401, 403, 409, 429, 503) },
    },
    handler: async (request, reply) => {
      const name = request.caller.user;
      const user = name === null ? null : settings.get("user", name);
      if (name === null || user === null) {
        const message = "These credentials are a token's; only users have a password.";
        return sendApiError(request, reply, "setting_fixed", message);
      }
      const takeBack = passwordLimit.attempt(name, now());
      if (takeBack === null) return sendApiError(request, reply, "rate_limited");
      const right = await passwords.matches(user.passwordHash, request.body.current);
      if (right) takeBack();
      if (right === "busy") return sendApiError(request, reply, "rate_limited");
      if (!right) {
        const message = "current: found another password, allowed is the one you signed in with.";
        return sendApiError(request, reply, "invalid_parameter", message);
      }
      const passwordHash = await passwords.hash(request.body.password);
      if (passwordHash === "busy") return sendApiError(request, reply, "rate_limited");
      const epoch = nextEpoch(now(), user.sessionEpoch);
      const done = await settings.change(
        "user",
        name,
        name,
        // Not over what changed while the passwords were worked on.
        (still) =>
          still?.passwordHash === user.passwordHash && still.sessionEpoch === user.sessionEpoch
            ? { ...still, passwordHash, sessionEpoch: epoch }
            : null,
        "password",
      );
      if (!done) return sendApiError(request, reply, "unauthorized");
      return setSession(request, reply, sessions.issue({ user: name, epoch }, now()).value)
        .code(204)
        .send();
    },
  });
}
