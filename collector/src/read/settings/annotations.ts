import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../../errors.ts";
import type { Settings } from "../../settings/types.ts";
import { errors } from "../openapi.ts";
import { appOnly, range } from "../parameters.ts";
import { question } from "../question.ts";
import { asOf } from "../reply.ts";
import type { SettingsDeps } from "./deps.ts";
import { appName, DONE, day, idParams, inSettings, json, shortText } from "./fields.ts";

const EXAMPLE_ID = "16fd2706-8baf-433b-82eb-8c7fada847da";
const text = shortText(80, "a text of 1 to 80 characters").meta({
  description: "What happened on that day.",
  example: "Announced on the forum",
});
const create = z.object({ app: appName, day, text }).meta({
  id: "NewAnnotation",
  example: { app: "timetracker", day: "2026-11-01", text: "Announced on the forum" },
});
const change = z.object({ day, text }).meta({
  id: "AnnotationChange",
  example: { day: "2026-11-01", text: "Announced on the forum" },
});
const made = z
  .object({ id: z.string() })
  .meta({ id: "MadeAnnotation", example: { id: EXAMPLE_ID } });

const reply = z
  .object({
    rows: z.array(z.object({ id: z.string(), day: z.string(), text: z.string() })),
    asOf,
  })
  .meta({
    id: "Annotations",
    description: "By day.",
    example: {
      rows: [{ id: EXAMPLE_ID, day: "2026-11-01", text: "Announced on the forum" }],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

/** The annotations that charts over these days show. */
export const annotations = (settings: Pick<Settings, "list">) =>
  question({
    name: "annotations",
    path: "/v1/annotations",
    tag: "Operations",
    summary: "Annotations of charts",
    description: "What the maintainer wrote down about days of the range.",
    parameters: z.object({ ...appOnly, ...range }),
    reply,
    async answer(_parameters, { app, range, asOf }) {
      const rows = settings.list("annotation").flatMap(({ key, value: { day, text, app: of } }) => {
        const inside = of === app && day >= range.from && day <= range.to;
        return inside ? [{ id: key, day, text }] : [];
      });
      return { rows: rows.sort((a, b) => (a.day < b.day ? -1 : 1)), asOf };
    },
  });

/** Annotations: made, changed, removed. */
export function registerAnnotations(app: FastifyInstance, { settings }: SettingsDeps): void {
  const routes = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();

  routes.post("/v1/settings/annotations", {
    ...inSettings,
    schema: {
      operationId: "create_annotation",
      tags: ["Settings"],
      summary: "Annotate a day",
      body: create,
      response: { 201: json("Its id.", made), ...errors(400, 401, 403, 503) },
    },
    handler: async (request, reply) => {
      const id = randomUUID();
      await settings.put("annotation", id, request.body, request.caller.name);
      return reply.code(201).send({ id });
    },
  });

  routes.put("/v1/settings/annotations/:id", {
    ...inSettings,
    schema: {
      operationId: "change_annotation",
      tags: ["Settings"],
      summary: "Change an annotation",
      params: idParams,
      body: change,
      response: { ...DONE, ...errors(400, 401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { params, body, caller } = request;
      const done = await settings.change(
        "annotation",
        params.id,
        caller.name,
        (before) => before && { ...before, ...body },
      );
      return done ? reply.code(204).send() : sendApiError(request, reply, "setting_unknown");
    },
  });

  routes.delete("/v1/settings/annotations/:id", {
    ...inSettings,
    schema: {
      operationId: "remove_annotation",
      tags: ["Settings"],
      summary: "Remove an annotation",
      params: idParams,
      response: { ...DONE, ...errors(401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      if (settings.get("annotation", id) === null)
        return sendApiError(request, reply, "setting_unknown");
      await settings.remove("annotation", id, request.caller.name);
      return reply.code(204).send();
    },
  });
}
