import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../../errors.ts";
import { FIELDS } from "../../published/document.ts";
import type { PublishedReader } from "../../published/reader.ts";
import { CHARTS, documentsOf, makeReport } from "../../published/report.ts";
import { breakdownOf, installsOf } from "../../published/select.ts";
import { seesApp } from "../auth.ts";
import { dayOf } from "../days.ts";
import { errors } from "../openapi.ts";
import { appOnly, problemSentence, range, rangeOf } from "../parameters.ts";
import { count } from "../reply.ts";
import { json } from "../settings/fields.ts";
import { breakdown, conditionsOf, filterParameters, report } from "./shapes.ts";

export interface AnswersDeps {
  reader: PublishedReader;
  /** Apps there are. */
  apps(): { app: string }[];
  /** What an app is called. */
  nameOf(app: string): string;
  now(): Date;
}

const restricted = { config: { scope: "restricted" as const } };

const apps = z
  .object({
    rows: z.array(
      z.object({
        app: z.string(),
        name: z.string(),
        day: z.string().nullable().meta({ description: "The last published day." }),
      }),
    ),
  })
  .meta({
    id: "PublishedApps",
    example: { rows: [{ app: "timetracker", name: "Time tracker", day: "2026-11-19" }] },
  });

const series = z
  .object({
    rows: z.array(
      z.object({
        day: z.string(),
        installs: count.nullable().meta({
          description: "Active in the 28 days that end with the day; null where withheld.",
        }),
      }),
    ),
  })
  .meta({ id: "PublishedSeries", example: { rows: [{ day: "2026-11-19", installs: 1205 }] } });

const byField = breakdown.extend({ day: z.string().nullable() }).meta({
  id: "PublishedBreakdown",
  example: {
    ...{ field: "platform", day: "2026-11-19", other: 0, withheld: false },
    rows: [{ value: "linux", installs: 900 }],
  },
});

/** What viewers and restricted tokens are answered: documents, and nothing else. */
export function registerAnswers(app: FastifyInstance, deps: AnswersDeps): void {
  const routes = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();
  const { reader, nameOf, now } = deps;
  const isKnown = (name: string) => deps.apps().some((known) => known.app === name);
  const filtered = { ...appOnly, ...filterParameters };

  routes.get("/v1/published/apps", {
    ...restricted,
    schema: {
      operationId: "published_apps",
      tags: ["Published"],
      summary: "Apps that the caller sees",
      response: { 200: json("The apps.", apps), ...errors(401, 403, 429, 503) },
    },
    handler: async (request) => {
      const seen = deps.apps().filter(({ app: name }) => seesApp(request.caller, name));
      const rows = await Promise.all(
        seen.map(async ({ app: name }) => {
          const days = await reader.days(name);
          return { app: name, name: nameOf(name), day: days.at(-1) ?? null };
        }),
      );
      return { rows };
    },
  });

  routes.get("/v1/published/report", {
    ...restricted,
    schema: {
      operationId: "published_report",
      tags: ["Published"],
      summary: "Everything that is published about an app",
      description:
        "Fixed daily aggregates: counts of admitted installs, rounded, groups under k folded. Narrowed by two fields at most. The public page's JSON (`/public/<app>.json`) and that of a share link (`/share/<token>.json`) have the same shape.",
      querystring: z.object({ ...filtered, ...range }),
      response: { 200: json("The report.", report), ...errors(400, 401, 403, 404, 429, 503) },
    },
    handler: async (request, reply) => {
      const { app: name, from, to, ...given } = request.query;
      if (!isKnown(name)) return sendApiError(request, reply, "app_unknown");
      const conditions = conditionsOf(given);
      if (typeof conditions === "string") {
        return sendApiError(request, reply, "invalid_parameter", conditions);
      }
      const question = { app: name, name: nameOf(name), charts: CHARTS, conditions, from, to };
      return makeReport(reader, question, now());
    },
  });

  routes.get("/v1/published", {
    ...restricted,
    schema: {
      operationId: "published",
      tags: ["Published"],
      summary: "Active installs by published day",
      querystring: z.object({ ...filtered, ...range }),
      response: { 200: json("The days.", series), ...errors(400, 401, 403, 404, 429, 503) },
    },
    handler: async (request, reply) => {
      const { app: name, from, to, ...given } = request.query;
      if (!isKnown(name)) return sendApiError(request, reply, "app_unknown");
      const days = rangeOf({ from, to }, now());
      if ("parameter" in days) {
        return sendApiError(request, reply, "invalid_parameter", problemSentence(days));
      }
      const conditions = conditionsOf(given);
      if (typeof conditions === "string") {
        return sendApiError(request, reply, "invalid_parameter", conditions);
      }
      const documents = await documentsOf(reader, { app: name, ...days });
      return {
        rows: documents.map((document) => ({
          day: document.day,
          installs: installsOf(document, conditions),
        })),
      };
    },
  });

  routes.get("/v1/published/breakdown", {
    ...restricted,
    schema: {
      operationId: "published_breakdown",
      tags: ["Published"],
      summary: "Active installs of 28 days by a field",
      querystring: z.object({
        ...filtered,
        field: z.enum(FIELDS, `one of ${FIELDS.join(", ")}`).meta({
          description: "The base field to group by.",
          example: "platform",
        }),
        to: range.to.meta({ description: "The last published day up to this. Default: today." }),
      }),
      response: { 200: json("Its values.", byField), ...errors(400, 401, 403, 404, 429, 503) },
    },
    handler: async (request, reply) => {
      const { app: name, to = dayOf(now()), field, ...given } = request.query;
      if (!isKnown(name)) return sendApiError(request, reply, "app_unknown");
      const conditions = conditionsOf(given);
      if (typeof conditions === "string") {
        return sendApiError(request, reply, "invalid_parameter", conditions);
      }
      const day = (await reader.days(name)).filter((known) => known <= to).at(-1);
      const [document] = day === undefined ? [] : await reader.documents(name, [day]);
      if (document === undefined) return { field, rows: [], other: 0, withheld: true, day: null };
      const found = breakdownOf(document, field, conditions);
      if (found === null) {
        const message = `field: found ${field}, allowed is a field that is counted together with the filter, of which there is one at most.`;
        return sendApiError(request, reply, "invalid_parameter", message);
      }
      return { ...found, day: document.day };
    },
  });
}
