import type { FastifyInstance, FastifyReply } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { type ZodObject, z } from "zod";
import { sendApiError } from "../errors.ts";
import { AskerGone, type Asks } from "./ask.ts";
import { seesApp } from "./auth.ts";
import type { Day } from "./days.ts";
import { errors } from "./openapi.ts";
import { problemSentence, rangeOf } from "./parameters.ts";
import type { Question } from "./question.ts";
import { columnsOf, formatParameter, MEDIA_TYPES, type RowFormat, rowsAs } from "./rows-as.ts";

/** What every question is answered from. */
export interface QuestionParts {
  asks: Asks;
  /** Data received before this moment is in the store. */
  freshness(): Date;
  /** Apps that hold an ingest token. */
  apps(): { app: string }[];
  now(): Date;
}

/** What the parameters of a question may hold that every question treats the same. */
interface Asked {
  app?: string;
  from?: Day;
  to?: Day;
  format?: RowFormat;
}

const text = (description: string) => ({ schema: z.string().meta({ description }) });

/** One route for a question: checks what every question needs, then lets it answer. */
export function registerQuestion(
  app: FastifyInstance,
  parts: QuestionParts,
  question: Question<ZodObject, ZodObject>,
): void {
  const columns = columnsOf(question.reply);
  const inRows = columns !== null;
  app.withTypeProvider<FastifyZodOpenApiTypeProvider>().get(question.path, {
    schema: {
      operationId: question.name,
      tags: [question.tag],
      summary: question.summary,
      description: question.description,
      querystring: inRows
        ? question.parameters.safeExtend({ format: formatParameter })
        : question.parameters,
      response: {
        200: {
          description: "The answer.",
          content: {
            "application/json": { schema: question.reply },
            ...(inRows && {
              "text/csv": text("The rows, one a line below their names."),
              "application/x-ndjson": text("The rows, one JSON object a line."),
            }),
          },
        },
        ...errors(400, 401, 403, 404, 429, 503),
      },
    },
    handler: async (request, reply) => {
      const seesAll = request.caller.apps === null;
      if (question.ofAllApps && !seesAll) return sendApiError(request, reply, "forbidden");
      const moment = parts.now();
      const { app = "", from, to, format = "json" } = request.query as Asked;
      const range = rangeOf({ from, to }, moment);
      if ("parameter" in range) {
        return sendApiError(request, reply, "invalid_parameter", problemSentence(range));
      }
      const gone = whenGone(reply);
      if (app !== "" && !(await isKnown(app, parts, gone))) {
        return sendApiError(request, reply, "app_unknown");
      }
      const fresh = parts.freshness();
      const loadedUntil = fresh > moment ? moment : fresh;
      const asOf = loadedUntil.toISOString();
      const ask = parts.asks(question.name, gone);
      const sees = (name: string) => seesApp(request.caller, name);
      const context = { ask, app, range, sees, seesAll, now: moment, loadedUntil, asOf };
      const answer = await question.answer(request.query, context);
      if (format === "json" || columns === null) return answer;
      const rows = (answer as { rows: Record<string, unknown>[] }).rows;
      return reply
        .type(MEDIA_TYPES[format])
        .header("content-disposition", `attachment; filename="${question.name}.${format}"`)
        .send(rowsAs(format, columns, rows) as never);
    },
  });
}

/** Aborts when the connection is gone before the answer is. */
export function whenGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort(new AskerGone());
  });
  return gone.signal;
}

/** An app whose last token is gone is still known by what it sent. */
export async function isKnown(
  app: string,
  { asks, apps }: QuestionParts,
  gone: AbortSignal,
): Promise<boolean> {
  if (apps().some((known) => known.app === app)) return true;
  const ask = asks("app_known", gone);
  const rows = await ask("SELECT 1 FROM installs WHERE app = {app:String} LIMIT 1", { app });
  return rows.length > 0;
}
