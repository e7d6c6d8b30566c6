import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { kinds, SECRET_FIELDS } from "../../settings/kinds.ts";
import { errors } from "../openapi.ts";
import type { SettingsDeps } from "./deps.ts";
import { inSettings, json } from "./fields.ts";

const PAGE = 50;
const LONGEST_VALUE = 120;

const kind = z.enum(Object.keys(kinds) as [keyof typeof kinds], "a kind of setting");
const BEFORE = "the `next` of the page before";
const querystring = z.object({
  kind: kind.optional().meta({ description: "Only entries of this kind.", example: "user" }),
  before: z
    .string(BEFORE)
    .regex(/^\d{1,16}$/, BEFORE)
    .optional()
    .meta({ description: `Only older entries: ${BEFORE}.`, example: "1790000000000000" }),
});

const list = z
  .object({
    rows: z.array(
      z.object({
        at: z.iso.datetime(),
        by: z.string(),
        action: z.string().meta({ description: "created, changed, removed, or more precisely." }),
        kind: z.string(),
        key: z.string(),
        label: z.string().meta({ description: "Its name, where the key is an id." }),
        changes: z.array(
          z.object({
            field: z.string(),
            before: z.string().nullable(),
            after: z.string().nullable(),
          }),
        ),
      }),
    ),
    next: z.string().nullable().meta({ description: "For `before`; null on the last page." }),
  })
  .meta({
    id: "AuditLog",
    description: "Newest first. Hashes and secrets are never in it, only that they changed.",
    example: {
      rows: [
        {
          at: "2026-11-20T08:12:04.000Z",
          by: "maria",
          action: "changed",
          kind: "app",
          key: "timetracker",
          label: "Time Tracker",
          changes: [{ field: "k", before: "10", after: "20" }],
        },
      ],
      next: null,
    },
  });

interface Row {
  at_ms: number;
  seq: number;
  by: string;
  action: string;
  kind: string;
  key: string;
  now_value: string;
  before_value: string;
}
type Value = Record<string, unknown>;

/** `GET /api/v1/settings/audit`: who changed what, and when. */
export function registerAudit(app: FastifyInstance, { store }: SettingsDeps): void {
  app.withTypeProvider<FastifyZodOpenApiTypeProvider>().get("/v1/settings/audit", {
    ...inSettings,
    schema: {
      operationId: "audit_log",
      tags: ["Settings"],
      summary: "Who changed what, and when",
      description: `${PAGE} entries a page.`,
      querystring,
      response: { 200: json("A page of the log.", list), ...errors(400, 401, 403, 503) },
    },
    handler: async (request) => {
      const { kind = "", before = "9007199254740991" } = request.query;
      const found = await store.query<Row>(
        // Of a catalogue only its revision: whole ones would be long.
        `SELECT toUnixTimestamp64Milli(at) AS at_ms, seq, by, action, kind, key, now_value, before_value
         FROM (
           SELECT
             at, seq, by, action, kind, key,
             if(kind = 'catalogue', concat('{"version":', toString(JSONExtractUInt(value, 'catalogue', 'version')), '}'), value) AS now_value,
             lagInFrame(now_value, 1, '{}') OVER (PARTITION BY kind, key ORDER BY seq ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before_value
           FROM settings_log
           WHERE {kind:String} = '' OR kind = {kind:String}
         )
         WHERE seq < {before:UInt64}
         ORDER BY seq DESC
         LIMIT {most:UInt32}`,
        { kind, before, most: PAGE + 1 },
      );
      const page = found.slice(0, PAGE);
      const last = page.at(-1);
      const next = found.length > PAGE && last ? String(last.seq) : null;
      return { rows: page.map(entryOf), next };
    },
  });
}

function entryOf({ at_ms, by, action, kind, key, now_value, before_value }: Row) {
  const now = JSON.parse(now_value) as Value;
  const before = JSON.parse(before_value) as Value;
  const name = now.name ?? before.name ?? now.text ?? before.text;
  const label = typeof name === "string" ? name : key;
  const fields = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return {
    ...{ at: new Date(at_ms).toISOString(), by, action, kind, key, label },
    changes: fields.flatMap((field) => changeOf(field, before[field], now[field])),
  };
}

/** Tells no person anything. */
const INTERNAL: ReadonlySet<string> = new Set(["sessionEpoch"]);

function changeOf(field: string, before: unknown, after: unknown) {
  if (INTERNAL.has(field)) return [];
  // A field that is not there and one that is null say the same.
  if (JSON.stringify(before ?? null) === JSON.stringify(after ?? null)) return [];
  // That a secret changed is told; from what to what is not.
  if (SECRET_FIELDS.has(field)) return [{ field, before: null, after: null }];
  return [{ field, before: inWords(before), after: inWords(after) }];
}

function inWords(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
