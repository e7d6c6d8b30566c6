import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../../errors.ts";
import type { Store } from "../../store/client.ts";
import { errors } from "../openapi.ts";
import { appOnly, problemSentence, rangeOf, range as rangeParameters } from "../parameters.ts";
import { isKnown, type QuestionParts, whenGone } from "../question-route.ts";
import { EXPORT_FORMATS, EXPORT_MEDIA_TYPES } from "./formats.ts";
import { exportPages } from "./pages.ts";
import { parquetByFile, parquetByStream } from "./parquet.ts";
import { type ExportName, exportTables } from "./tables.ts";

/** An export reads for as long as it takes; ingest and the dashboard need the engine, too. */
const MOST_AT_ONCE = 2;

interface ExportDeps extends QuestionParts {
  store: Store;
  /** The embedded engine's working directory; null with a ClickHouse server. */
  engineDirectory: string | null;
}

const names = Object.keys(exportTables) as [ExportName, ...ExportName[]];

const parameters = z.object({
  table: z.enum(names, names.join(", ")).meta({
    description:
      "`installs`: one row an install heard from in the range. `refusals`: counts by name, never values.",
    example: "heartbeats",
  }),
});

const querystring = z.object({
  ...appOnly,
  ...rangeParameters,
  format: z.enum(EXPORT_FORMATS, "csv, ndjson or parquet").default("csv").meta({
    description:
      "CSV by RFC 4180 with a header line, where cells that a spreadsheet would run as formulas begin with an apostrophe; NDJSON with one object a line; Parquet with maps and lists as JSON text. Times are ISO 8601 in UTC.",
    example: "csv",
  }),
});

const file = z.string().meta({ format: "binary" });

/** `GET /api/v1/export/{table}`: the stored rows, streamed. */
export function registerExport(scope: FastifyInstance, deps: ExportDeps): void {
  const { store, engineDirectory } = deps;
  const parquet =
    engineDirectory === null ? parquetByStream(store) : parquetByFile(store, engineDirectory);
  let running = 0;
  scope.withTypeProvider<FastifyZodOpenApiTypeProvider>().get("/v1/export/:table", {
    config: { scope: "export" },
    schema: {
      operationId: "export",
      tags: ["Operations"],
      summary: "Rows as a file",
      description: `Streamed while it is read; the connection breaks where something fails after the first byte, so a file that is cut off is never taken for a whole one. At most ${MOST_AT_ONCE} at once.`,
      params: parameters,
      querystring,
      response: {
        200: {
          description: "The rows.",
          content: {
            "text/csv": { schema: file },
            "application/x-ndjson": { schema: file },
            "application/vnd.apache.parquet": { schema: file },
          },
        },
        ...errors(400, 401, 403, 404, 429, 503),
      },
    },
    handler: async (request, reply) => {
      const { app, from, to, format } = request.query;
      const range = rangeOf({ from, to }, deps.now());
      if ("parameter" in range) {
        return sendApiError(request, reply, "invalid_parameter", problemSentence(range));
      }
      const gone = whenGone(reply);
      if (!(await isKnown(app, deps, gone))) return sendApiError(request, reply, "app_unknown");
      if (running >= MOST_AT_ONCE) {
        const message = `${MOST_AT_ONCE} exports are running already; try again when one is done.`;
        return sendApiError(request, reply, "rate_limited", message);
      }
      running++;
      const table = exportTables[request.params.table];
      const wanted = { app, ...range };
      const chunks =
        format === "parquet"
          ? parquet(table, wanted, gone)
          : exportPages(store, table, format, wanted, gone);
      const leave = () => void running--;
      // What fails before the first byte is still an answer of its own.
      const first = await chunks.next().catch((error: unknown) => {
        leave();
        throw error;
      });
      const body = Readable.from(withFirst(first, chunks), { objectMode: false });
      body.once("close", leave);
      const name = `${app}-${request.params.table}-${range.from}-${range.to}.${format}`;
      return reply
        .type(EXPORT_MEDIA_TYPES[format])
        .header("content-disposition", `attachment; filename="${name.replace(/[^\w.-]/g, "_")}"`)
        .send(body as never);
    },
  });
}

async function* withFirst(
  first: IteratorResult<Buffer, void>,
  rest: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  try {
    if (!first.done) yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
