import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../../errors.ts";
import { appSettings } from "../../settings/app-settings.ts";
import type { Settings } from "../../settings/types.ts";
import { errors } from "../openapi.ts";
import { appOnly } from "../parameters.ts";
import { question } from "../question.ts";
import { releasesOf } from "../releases.ts";
import { asOf } from "../reply.ts";
import type { SettingsDeps } from "./deps.ts";
import { appName, DONE, day, inSettings, shortText } from "./fields.ts";

const version = shortText(100, "a version of 1 to 100 characters, such as 2.3.1").meta({
  description: "As the app says it.",
  example: "2.3.1",
});
const NOTE = "a note of at most 200 characters";
const release = z
  .object({ app: appName, version, day, note: shortText(200, NOTE).optional() })
  .meta({
    id: "NewRelease",
    example: { app: "timetracker", version: "2.3.1", day: "2026-11-01", note: "Invoices" },
  });
const keyOf = ({ app, version }: { app: string; version: string }) => `${app}/${version}`;

/** What the maintainer listed of an app's releases. */
export const listedReleases = (settings: Pick<Settings, "list">, app: string) =>
  settings.list("release").flatMap(({ value }) => (value.app === app ? [value] : []));

const reply = z
  .object({
    rows: z.array(
      z.object({
        version: z.string(),
        day: z.string().meta({ description: "The listed UTC day, or the first it was seen on." }),
        listed: z.boolean().meta({ description: "The maintainer listed it." }),
        known: z.boolean().meta({
          description:
            "False for a version in use already when the app's data begins: it was released on `day` or before. Charts do not mark it.",
        }),
        note: z.string().nullable(),
      }),
    ),
    asOf,
  })
  .meta({
    id: "Releases",
    description: "Newest first by version.",
    example: {
      rows: [
        { version: "2.3.1", day: "2026-11-01", listed: true, known: true, note: "Invoices" },
        { version: "2.3.0", day: "2026-10-02", listed: false, known: true, note: null },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

/** The releases that charts mark. */
export const releases = (settings: Pick<Settings, "get" | "list">) =>
  question({
    name: "releases",
    path: "/v1/releases",
    tag: "Installs",
    summary: "Releases of an app",
    description:
      "Versions that the maintainer listed, and those that at least k admitted installs have said.",
    parameters: z.object(appOnly),
    reply,
    async answer(_parameters, { ask, app, asOf }) {
      const listed = listedReleases(settings, app);
      const { k } = appSettings(settings, app);
      const notes = new Map(listed.map(({ version, note }) => [version, note]));
      const found = await releasesOf(ask, app, { listed, k });
      return {
        rows: found.map((one) => ({ ...one, note: notes.get(one.version) ?? null })),
        asOf,
      };
    },
  });

/** Releases: listed and taken off the list. */
export function registerReleases(app: FastifyInstance, { settings }: SettingsDeps): void {
  const routes = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();

  routes.put("/v1/settings/releases", {
    ...inSettings,
    schema: {
      operationId: "list_release",
      tags: ["Settings"],
      summary: "List a release, or change its day and note",
      body: release,
      response: { ...DONE, ...errors(400, 401, 403, 503) },
    },
    handler: async (request, reply) => {
      const { note, ...value } = request.body;
      const entry = { ...value, ...(note !== undefined && { note }) };
      await settings.put("release", keyOf(value), entry, request.caller.name);
      return reply.code(204).send();
    },
  });

  routes.delete("/v1/settings/releases", {
    ...inSettings,
    schema: {
      operationId: "unlist_release",
      tags: ["Settings"],
      summary: "Take a release off the list",
      description: "It is still one where enough installs say it.",
      querystring: z.object({ app: appName, version }),
      response: { ...DONE, ...errors(400, 401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const key = keyOf(request.query);
      if (settings.get("release", key) === null)
        return sendApiError(request, reply, "setting_unknown");
      await settings.remove("release", key, request.caller.name);
      return reply.code(204).send();
    },
  });
}
