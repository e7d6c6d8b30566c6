import { type Catalogue, compileTable, parseCatalogue } from "@rollcall/schemas";
import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../../errors.ts";
import { catalogueDifference } from "../../settings/catalogue-difference.ts";
import { addDays, dayOf } from "../days.ts";
import { errors } from "../openapi.ts";
import { count } from "../reply.ts";
import type { SettingsDeps } from "./deps.ts";
import { appName, DONE, inSettings, json } from "./fields.ts";

/** Days of stored data that a preview looks at. */
const DAYS = 28;
const MOST_NAMED = 100;
/** A catalogue of 500 events and their sentences is longer than other bodies. */
const bodyLimit = 2 * 1024 * 1024;

const document = z.record(z.string(), z.unknown(), "an object as docs describe a catalogue").meta({
  description: "As the catalogue's JSON has it.",
});
const querystring = z.object({ app: appName });

const sent = z.object({ catalogue: document }).meta({
  id: "CatalogueSent",
  example: { catalogue: { app: "timetracker", version: 2, events: [] } },
});

const inForce = z
  .object({
    source: z.enum(["file", "settings"]).nullable().meta({
      description: "Null: the app is in learning mode and has no catalogue.",
    }),
    catalogue: document.nullable(),
  })
  .meta({
    id: "CatalogueInForce",
    example: { source: "file", catalogue: { app: "timetracker", version: 1, events: [] } },
  });

const change = {
  property: z.string(),
  before: z.string().nullable().meta({ description: "Its type; null: it is new." }),
  after: z.string().nullable().meta({ description: "Its type; null: it is gone." }),
};

const preview = z
  .object({
    problems: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .meta({ description: "Why it cannot be taken; empty where it can." }),
    difference: z
      .object({
        eventsAdded: z.array(z.string()),
        eventsRemoved: z.array(z.string()),
        properties: z.array(
          z.object({
            event: z.string().nullable().meta({ description: "Null: of every event." }),
            ...change,
          }),
        ),
        attributes: z
          .array(z.object(change))
          .meta({ description: "Attributes of spans, metrics and logs." }),
        textsAdded: z.array(z.string()).meta({
          description: "Texts that bodies of logs, and messages of exceptions, may be.",
        }),
        textsRemoved: z.array(z.string()),
      })
      .nullable()
      .meta({ description: "Against the one in force; null where there are problems." }),
    refused: z
      .array(z.object({ event: z.string(), count }))
      .meta({ description: `Events of the last ${DAYS} days that would no longer be accepted.` }),
  })
  .meta({
    id: "CataloguePreview",
    example: {
      problems: [],
      difference: {
        eventsAdded: ["invoice.sent"],
        eventsRemoved: ["invoice.mailed"],
        properties: [{ event: "timer.started", property: "project_id", before: null, after: "id" }],
        attributes: [{ property: "invoice.kind", before: null, after: "enum: draft, final" }],
        textsAdded: ["Export {export_id} took {seconds} s"],
        textsRemoved: [],
      },
      refused: [{ event: "invoice.mailed", count: 412 }],
    },
  });

/** The catalogue of an app: read, tried, taken, given back. */
export function registerCatalogue(app: FastifyInstance, deps: SettingsDeps): void {
  const routes = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();
  const { settings, catalogues, store, now } = deps;

  /** Checked, for this app and newer than the one in force. */
  function read(app: string, json: unknown): { catalogue: Catalogue } | { problems: string[] } {
    const parsed = parseCatalogue(json);
    if (!parsed.ok) return { problems: [...parsed.problems] };
    const { catalogue } = parsed;
    if (catalogue.app !== app) {
      return { problems: [`app: found "${catalogue.app}"; allowed: "${app}", the app it is for`] };
    }
    const { version } = catalogues.inForce(app)?.catalogue ?? { version: 0 };
    if (catalogue.version <= version) {
      const found = `found ${catalogue.version}; allowed: more than ${version}, that of the one in force`;
      return { problems: [`version: ${found}`] };
    }
    return { catalogue };
  }

  async function refusedBy(catalogue: Catalogue): Promise<{ event: string; count: number }[]> {
    const table = compileTable(catalogue.app, catalogue);
    const sent = await store.query<{ event: string; count: number }>(
      `SELECT event, count() AS count FROM events
       WHERE app = {app:String} AND toDate(time) >= {from:Date}
       GROUP BY event ORDER BY count DESC, event`,
      { app: catalogue.app, from: addDays(dayOf(now()), 1 - DAYS) },
    );
    return sent.filter(({ event }) => typeof table.event(event) === "string").slice(0, MOST_NAMED);
  }

  routes.get("/v1/settings/catalogue", {
    ...inSettings,
    schema: {
      operationId: "get_catalogue",
      tags: ["Settings"],
      summary: "The catalogue in force",
      querystring,
      response: { 200: json("The catalogue.", inForce), ...errors(400, 401, 403) },
    },
    handler: async (request) => {
      const found = catalogues.inForce(request.query.app);
      if (found === null) return { source: null, catalogue: null };
      return { source: found.source, catalogue: { ...found.catalogue } };
    },
  });

  routes.post("/v1/settings/catalogue/preview", {
    ...inSettings,
    bodyLimit,
    schema: {
      operationId: "preview_catalogue",
      tags: ["Settings"],
      summary: "What a catalogue would change",
      querystring,
      body: sent,
      response: {
        200: json("Problems, or the difference.", preview),
        ...errors(400, 401, 403, 503),
      },
    },
    handler: async (request) => {
      const { app } = request.query;
      const found = read(app, request.body.catalogue);
      if ("problems" in found) {
        return { problems: found.problems.map(problemOf), difference: null, refused: [] };
      }
      const before = catalogues.inForce(app)?.catalogue ?? null;
      const difference = catalogueDifference(before, found.catalogue);
      return { problems: [], difference, refused: await refusedBy(found.catalogue) };
    },
  });

  routes.put("/v1/settings/catalogue", {
    ...inSettings,
    bodyLimit,
    schema: {
      operationId: "take_catalogue",
      tags: ["Settings"],
      summary: "Take a catalogue",
      description:
        "It is enforced at once, and wins over a file. What is stored already stays. An app that is not known yet exists from then on.",
      querystring,
      body: sent,
      response: { ...DONE, ...errors(400, 401, 403, 503) },
    },
    handler: async (request, reply) => {
      const { app } = request.query;
      const found = read(app, request.body.catalogue);
      if ("problems" in found) {
        const more = found.problems.length > 1 ? ` (and ${found.problems.length - 1} more)` : "";
        return sendApiError(request, reply, "catalogue_invalid", `${found.problems[0]}${more}`);
      }
      const value = { catalogue: { ...found.catalogue } };
      await settings.put("catalogue", app, value, request.caller.name);
      return reply.code(204).send();
    },
  });

  routes.delete("/v1/settings/catalogue", {
    ...inSettings,
    schema: {
      operationId: "give_back_catalogue",
      tags: ["Settings"],
      summary: "Go back to the catalogue of the file",
      description: "Where there is none the app is in learning mode again.",
      querystring,
      response: { ...DONE, ...errors(400, 401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { app } = request.query;
      if (settings.get("catalogue", app) === null) {
        return sendApiError(request, reply, "setting_unknown");
      }
      await settings.remove("catalogue", app, request.caller.name);
      return reply.code(204).send();
    },
  });
}

/** `events[3].name: found …` apart into where and what. */
function problemOf(line: string): { path: string; message: string } {
  const at = line.indexOf(": ");
  return { path: line.slice(0, at), message: line.slice(at + 2) };
}
