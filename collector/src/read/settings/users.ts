import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../../errors.ts";
import { ROLES, SCOPES } from "../../settings/kinds.ts";
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from "../../settings/passwords.ts";
import { holds } from "../auth.ts";
import { errors } from "../openapi.ts";
import type { SettingsDeps } from "./deps.ts";
import { appList, changed, changedOf, DONE, inSettings, json } from "./fields.ts";

const NAME = "a name of lower-case letters, digits and . _ @ + -, 64 at most";
const name = z
  .string(NAME)
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@+-]{0,63}$/, NAME)
  .meta({ description: "What the user signs in with.", example: "maria" });
const PASSWORD = `${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`;
export const password = z
  .string(PASSWORD)
  .min(SHORTEST_PASSWORD, PASSWORD)
  .max(LONGEST_PASSWORD, PASSWORD)
  .meta({ description: "Stored as an argon2id hash.", example: "correct horse battery" });
const role = z.enum(ROLES, "administrator or viewer").meta({
  description: "`viewer`: reads what is published, with small groups folded. `administrator`: all.",
  example: "viewer",
});
const access = { role, apps: appList.default(null) };
const params = z.object({ name });

/** Administrators see every app: settings belong to all of them. */
function wholeForAdministrators(
  { role, apps }: { role: string; apps: string[] | null },
  context: z.RefinementCtx,
): void {
  if (role !== "administrator" || apps === null) return;
  const message = "null for an administrator, who sees every app";
  context.addIssue({ code: "custom", path: ["apps"], message });
}

const list = z
  .object({
    rows: z.array(
      z.object({ name: z.string(), role, apps: z.array(z.string()).nullable(), ...changed }),
    ),
  })
  .meta({
    id: "Users",
    example: {
      rows: [
        {
          name: "maria",
          role: "viewer",
          apps: ["timetracker"],
          changedAt: "2026-11-20T08:12:04.000Z",
          changedBy: "(administrator's token)",
        },
      ],
    },
  });

const create = z
  .object({ name, password, ...access })
  .superRefine(wholeForAdministrators)
  .meta({
    id: "NewUser",
    example: { name: "maria", password: "correct horse battery", role: "viewer", apps: null },
  });
const change = z
  .object(access)
  .superRefine(wholeForAdministrators)
  .meta({ id: "UserChange", example: { role: "viewer", apps: ["timetracker"] } });
const newPassword = z
  .object({ password })
  .meta({ id: "NewPassword", example: { password: "correct horse battery" } });

/** Who is an administrator, and with what password, is for those who may do everything themselves. */
const isFor = ({ caller }: FastifyRequest, ...users: ({ role: string } | null)[]): boolean =>
  users.every((user) => user?.role !== "administrator") || holds(caller, SCOPES);

const refuse = (request: FastifyRequest, reply: FastifyReply) =>
  sendApiError(
    request,
    reply,
    "forbidden",
    "Administrators are made and changed with credentials that have every scope.",
  );

/** Later than any before it, also for a name that was used before. */
export const nextEpoch = (now: Date, before = 0): number => Math.max(now.getTime(), before + 1);

/** Users: listed, made, changed, removed. */
export function registerUsers(app: FastifyInstance, deps: SettingsDeps): void {
  const routes = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();
  const { settings, passwords, now } = deps;
  routes.get("/v1/settings/users", {
    ...inSettings,
    schema: {
      operationId: "list_users",
      tags: ["Settings"],
      summary: "Users",
      response: { 200: json("By name.", list), ...errors(401, 403) },
    },
    handler: async () => ({
      rows: settings.list("user").map(({ key, value: { role, apps }, ...entry }) => ({
        ...{ name: key, role, apps, ...changedOf(entry) },
      })),
    }),
  });

  routes.post("/v1/settings/users", {
    ...inSettings,
    schema: {
      operationId: "create_user",
      tags: ["Settings"],
      summary: "Make a user",
      body: create,
      response: { ...DONE, ...errors(400, 401, 403, 409, 429, 503) },
    },
    handler: async (request, reply) => {
      const { name, password, ...value } = request.body;
      if (!isFor(request, value)) return refuse(request, reply);
      if (settings.get("user", name) !== null)
        return sendApiError(request, reply, "setting_exists");
      const passwordHash = await passwords.hash(password);
      if (passwordHash === "busy") return sendApiError(request, reply, "rate_limited");
      const entry = { ...value, passwordHash, sessionEpoch: nextEpoch(now()) };
      const made = await settings.change("user", name, request.caller.name, (before) =>
        before === null ? entry : null,
      );
      return made ? reply.code(204).send() : sendApiError(request, reply, "setting_exists");
    },
  });

  routes.put("/v1/settings/users/:name", {
    ...inSettings,
    schema: {
      operationId: "change_user",
      tags: ["Settings"],
      summary: "Change a user's role and apps",
      description: "A new role ends the user's sessions.",
      params,
      body: change,
      response: { ...DONE, ...errors(400, 401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { body } = request;
      if (!isFor(request, body, settings.get("user", request.params.name))) {
        return refuse(request, reply);
      }
      const done = await settings.change(
        "user",
        request.params.name,
        request.caller.name,
        (user) => {
          if (user === null) return null;
          const same = user.role === body.role;
          return {
            ...user,
            ...body,
            sessionEpoch: same ? user.sessionEpoch : nextEpoch(now(), user.sessionEpoch),
          };
        },
      );
      return done ? reply.code(204).send() : sendApiError(request, reply, "setting_unknown");
    },
  });

  routes.put("/v1/settings/users/:name/password", {
    ...inSettings,
    schema: {
      operationId: "set_password",
      tags: ["Settings"],
      summary: "Give a user a new password",
      description: "Ends the user's sessions.",
      params,
      body: newPassword,
      response: { ...DONE, ...errors(400, 401, 403, 404, 429, 503) },
    },
    handler: async (request, reply) => {
      const { name } = request.params;
      const user = settings.get("user", name);
      if (user === null) return sendApiError(request, reply, "setting_unknown");
      if (!isFor(request, user)) return refuse(request, reply);
      const passwordHash = await passwords.hash(request.body.password);
      if (passwordHash === "busy") return sendApiError(request, reply, "rate_limited");
      const done = await settings.change(
        "user",
        name,
        request.caller.name,
        (user) =>
          user && { ...user, passwordHash, sessionEpoch: nextEpoch(now(), user.sessionEpoch) },
        "password",
      );
      return done ? reply.code(204).send() : sendApiError(request, reply, "setting_unknown");
    },
  });

  routes.delete("/v1/settings/users/:name", {
    ...inSettings,
    schema: {
      operationId: "remove_user",
      tags: ["Settings"],
      summary: "Remove a user",
      description: "Ends the user's sessions. The administrator's token always works.",
      params,
      response: { ...DONE, ...errors(401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { name } = request.params;
      const user = settings.get("user", name);
      if (user === null) return sendApiError(request, reply, "setting_unknown");
      if (!isFor(request, user)) return refuse(request, reply);
      await settings.remove("user", name, request.caller.name);
      return reply.code(204).send();
    },
  });
}
