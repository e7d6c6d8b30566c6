import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import type { Histogram } from "prom-client";
import { z } from "zod";
import { sendApiError } from "../../errors.ts";
import { withoutPaths } from "../../sql/words.ts";
import { ClickHouseError, type Settings, type Store } from "../../store/client.ts";
import { queryFailure } from "../failure.ts";
import { errors } from "../openapi.ts";
import { whenGone } from "../question-route.ts";
import { stopWhen } from "../stop-when.ts";
import { exactRows } from "./exact.ts";
import { checkStatement } from "./statement.ts";

const MOST_ROWS = 10_000;
const MOST_BYTES = 10 * 1024 * 1024;
const DEFAULT_SECONDS = 30;
const MOST_CHARACTERS = 64 * 1024;
/** A statement holds a thread of the engine for as long as it runs; the loader needs some, too. */
const MOST_AT_ONCE = 3;

const LIMITS: Settings = {
  max_result_rows: MOST_ROWS,
  max_result_bytes: MOST_BYTES,
  result_overflow_mode: "throw",
};

const statement = z
  .object({
    query: z
      .string("a statement as a string")
      .max(MOST_CHARACTERS, `at most ${MOST_CHARACTERS} characters`)
      .meta({ description: "One reading statement in ClickHouse's SQL." }),
  })
  .meta({
    id: "Statement",
    example: {
      query: "SELECT platform, count() AS installs FROM installs_latest GROUP BY platform",
    },
  });

const reply = z
  .object({
    rows: z.array(z.record(z.string(), z.unknown())).meta({
      description:
        "One object a row. Integers beyond ±(2^53 − 1) are strings, since JSON readers would round them; in arrays and maps all 64-bit integers are where one is.",
    }),
  })
  .meta({ id: "StatementRows", example: { rows: [{ platform: "linux", installs: 903 }] } });

type Row = Record<string, unknown>;

interface SqlDeps {
  store: Store;
  metrics: { queryDuration: Histogram<"query"> };
  sqlSeconds?: number;
}

/** `POST /api/v1/sql`: one reading statement, with limits that its text cannot lift. */
export function registerSql(app: FastifyInstance, deps: SqlDeps): void {
  const { store, metrics, sqlSeconds = DEFAULT_SECONDS } = deps;
  let running = 0;
  app.withTypeProvider<FastifyZodOpenApiTypeProvider>().post("/v1/sql", {
    config: { scope: "sql" },
    schema: {
      operationId: "sql",
      tags: ["Operations"],
      summary: "Run one reading statement",
      description: `SELECT, WITH, SHOW, DESCRIBE, EXPLAIN or EXISTS, without FORMAT, SETTINGS or INTO OUTFILE, at most ${sqlSeconds} seconds, ${MOST_ROWS} rows and ${MOST_BYTES / 1024 / 1024} MiB of result. Tables: installs_latest, heartbeats, events, refusals.`,
      body: statement,
      response: {
        200: { description: "The rows.", content: { "application/json": { schema: reply } } },
        ...errors(400, 401, 403, 429, 503),
      },
    },
    handler: async (request, reply) => {
      const checked = checkStatement(request.body.query);
      if (!checked.ok) {
        return sendApiError(request, reply, "query_refused", `query: ${checked.problem}.`);
      }
      if (running >= MOST_AT_ONCE) {
        return sendApiError(
          request,
          reply,
          "rate_limited",
          `${MOST_AT_ONCE} statements are running already; try again when one is done.`,
        );
      }
      running++;
      const gone = whenGone(reply);
      const stop = metrics.queryDuration.startTimer({ query: "sql" });
      try {
        const rows = await exactRows(async (asStrings) => {
          const queryId = randomUUID();
          const ended = stopWhen(gone, store, queryId);
          const settings = {
            ...LIMITS,
            max_execution_time: sqlSeconds,
            output_format_json_quote_64bit_integers: asStrings,
          };
          return store.reader.query<Row>(checked.sql, {}, { settings, queryId }).finally(ended);
        });
        // Rows have whatever columns the statement names, so there is no schema to write them by.
        const written = JSON.stringify({ rows });
        // The engine counts a constant column once, however many rows repeat it.
        if (written.length > MOST_BYTES) {
          const most = `${MOST_BYTES / 1024 / 1024} MiB`;
          return sendApiError(request, reply, "query_failed", `The result is over ${most}.`);
        }
        return reply.serializer(() => written).send({ rows });
      } catch (error) {
        const failure = queryFailure(error);
        if (failure === null) throw error;
        // What is not the store's own trouble is about the statement, in the engine's words.
        const aboutIt = failure.code === "internal" || failure.code === "query_memory";
        const about = aboutIt ? "query_failed" : failure.code;
        const words =
          error instanceof ClickHouseError &&
          about.startsWith("query_") &&
          about !== "query_timeout"
            ? withoutPaths(error.message)
            : failure.message;
        return sendApiError(request, reply, about, words);
      } finally {
        running--;
        stop();
      }
    },
  });
}
