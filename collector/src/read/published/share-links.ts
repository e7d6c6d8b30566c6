import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../../errors.ts";
import { newToken } from "../../settings/new-token.ts";
import type { Settings } from "../../settings/types.ts";
import { seesApp } from "../auth.ts";
import { errors } from "../openapi.ts";
import { appOnly } from "../parameters.ts";
import {
  appName,
  DONE,
  idParams,
  inSettings,
  json,
  momentOrNull,
  tokenName,
} from "../settings/fields.ts";
import { charts, conditionsOf, filters } from "./shapes.ts";

const EXAMPLE = {
  app: "timetracker",
  name: "For the board",
  charts: ["summary" as const, "active" as const],
  filters: { platform: "linux" },
  expiresAt: "2027-06-30T00:00:00Z",
};

const create = z
  .object({
    app: appName,
    name: tokenName,
    charts: charts.refine((list) => list.length > 0, "at least one chart"),
    filters: filters.default({}),
    expiresAt: momentOrNull.default(null),
  })
  .meta({ id: "NewShareLink", example: EXAMPLE });

const link = z.object({
  id: z.string(),
  app: z.string(),
  name: z.string(),
  hint: z.string().meta({ description: "The last characters of its token." }),
  charts: z.array(z.string()),
  filters: z.record(z.string(), z.string()),
  expiresAt: z.string().nullable(),
  createdAt: z.string(),
  expired: z.boolean(),
});
const exampleLink = {
  ...{ ...EXAMPLE, id: "16fd2706-8baf-433b-82eb-8c7fada847da", hint: "x9Qk" },
  ...{ createdAt: "2026-11-20T08:12:04.000Z", expired: false },
};
const links = z
  .object({ rows: z.array(link) })
  .meta({ id: "ShareLinks", example: { rows: [exampleLink] } });
const made = link
  .extend({
    token: z.string().meta({ description: "Shown this once; only its hash is stored." }),
    path: z.string().meta({ description: "The page's path on this collector." }),
  })
  .meta({
    id: "MadeShareLink",
    example: { ...exampleLink, token: "rcs_example", path: "/share/rcs_example" },
  });

/** Share links: made, listed, revoked. */
export function registerShareLinks(
  app: FastifyInstance,
  { settings, now }: { settings: Settings; now(): Date },
): void {
  const routes = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();
  const expired = (expiresAt: string | null) => expiresAt !== null && new Date(expiresAt) <= now();

  routes.get("/v1/settings/share-links", {
    ...inSettings,
    schema: {
      operationId: "share_links",
      tags: ["Settings"],
      summary: "Share links of an app",
      querystring: z.object(appOnly),
      response: { 200: json("The links, newest first.", links), ...errors(401, 403, 404) },
    },
    handler: async (request) => {
      const rows = settings.list("share_link").flatMap(({ key, value }) => {
        const { hash: _, hint = "", ...shown } = value;
        if (value.app !== request.query.app) return [];
        return [{ id: key, hint, ...shown, expired: expired(value.expiresAt) }];
      });
      return { rows: rows.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)) };
    },
  });

  routes.post("/v1/settings/share-links", {
    ...inSettings,
    schema: {
      operationId: "create_share_link",
      tags: ["Settings"],
      summary: "Make a share link",
      description:
        "Whoever has the link sees the chosen charts, with the filters enforced, until it expires or is removed.",
      body: create,
      response: { 201: json("The link.", made), ...errors(400, 401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { body, caller } = request;
      if (!seesApp(caller, body.app)) return sendApiError(request, reply, "app_unknown");
      const conditions = conditionsOf(body.filters);
      if (typeof conditions === "string") {
        return sendApiError(request, reply, "invalid_parameter", conditions);
      }
      const { id, token, hash, hint } = newToken("rcs");
      const expiresAt = body.expiresAt && new Date(body.expiresAt).toISOString();
      const given = Object.fromEntries(conditions);
      const shown = { ...body, filters: given, expiresAt, createdAt: now().toISOString() };
      await settings.put("share_link", id, { ...shown, hash, hint }, caller.name);
      const path = `/share/${token}`;
      return reply.code(201).send({ id, hint, ...shown, expired: expired(expiresAt), token, path });
    },
  });

  routes.delete("/v1/settings/share-links/:id", {
    ...inSettings,
    schema: {
      operationId: "remove_share_link",
      tags: ["Settings"],
      summary: "Revoke a share link",
      params: idParams,
      response: { ...DONE, ...errors(401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const found = settings.get("share_link", id);
      if (found === null || !seesApp(request.caller, found.app)) {
        return sendApiError(request, reply, "setting_unknown");
      }
      await settings.remove("share_link", id, request.caller.name);
      return reply.code(204).send();
    },
  });
}
