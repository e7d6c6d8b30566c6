import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../../errors.ts";
import type { Settings } from "../../settings/types.ts";
import { seesApp } from "../auth.ts";
import { errors } from "../openapi.ts";
import { appOnly } from "../parameters.ts";
import { appName, DONE, inSettings, json } from "../settings/fields.ts";
import { charts } from "./shapes.ts";

const change = z
  .object({ app: appName, charts })
  .meta({ id: "PublicPageChange", example: { app: "timetracker", charts: ["summary", "active"] } });

const page = z
  .object({
    app: z.string(),
    charts: z.array(z.string()).meta({ description: "None: there is no public page." }),
    path: z.string(),
    json: z.string(),
    badges: z.array(z.string()),
  })
  .meta({
    id: "PublicPage",
    example: {
      app: "timetracker",
      charts: ["summary", "active"],
      path: "/public/timetracker",
      json: "/public/timetracker.json",
      badges: ["/badge/timetracker/active.svg", "/badge/timetracker/versions.svg"],
    },
  });

/** What everybody may see of an app: read and chosen. */
export function registerPublicPage(
  app: FastifyInstance,
  { settings }: { settings: Settings },
): void {
  const routes = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();

  routes.get("/v1/settings/public-page", {
    ...inSettings,
    schema: {
      operationId: "public_page",
      tags: ["Settings"],
      summary: "The public page of an app",
      querystring: z.object(appOnly),
      response: { 200: json("What it shows.", page), ...errors(401, 403, 404) },
    },
    handler: async ({ query: { app: name } }) => ({
      app: name,
      charts: settings.get("public_page", name)?.charts ?? [],
      path: `/public/${name}`,
      json: `/public/${name}.json`,
      badges: [`/badge/${name}/active.svg`, `/badge/${name}/versions.svg`],
    }),
  });

  routes.put("/v1/settings/public-page", {
    ...inSettings,
    schema: {
      operationId: "change_public_page",
      tags: ["Settings"],
      summary: "Choose what the public page shows",
      description:
        "With no chart the page, its JSON and the badges are gone. What others have loaded before, they may keep for an hour.",
      body: change,
      response: { ...DONE, ...errors(400, 401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { app: name, charts: chosen } = request.body;
      if (!seesApp(request.caller, name)) return sendApiError(request, reply, "app_unknown");
      const by = request.caller.name;
      if (chosen.length === 0) await settings.remove("public_page", name, by);
      else await settings.put("public_page", name, { charts: chosen }, by);
      return reply.code(204).send();
    },
  });
}
