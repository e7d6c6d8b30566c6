import cookie from "@fastify/cookie";
import type { FastifyInstance } from "fastify";
import {
  type FastifyZodOpenApiTypeProvider,
  serializerCompiler,
  validatorCompiler,
} from "fastify-zod-openapi";
import type { Histogram } from "prom-client";
import type { ZodObject } from "zod";
import { sendApiError } from "../errors.ts";
import type { MyData } from "../installs/my-data.ts";
import type { Store } from "../store/client.ts";
import { createAsk } from "./ask.ts";
import { createTokenCheck, identify } from "./auth.ts";
import type { Day } from "./days.ts";
import { answerFailure } from "./failure.ts";
import { footprintQuestions } from "./footprint/questions.ts";
import { errors, registerOpenApi } from "./openapi.ts";
import type { AppInfo } from "./operations/apps.ts";
import { registerInstalls } from "./operations/installs.ts";
import { operationsQuestions } from "./operations/questions.ts";
import { registerSql } from "./operations/sql.ts";
import { problemSentence, rangeOf } from "./parameters.ts";
import type { Question } from "./question.ts";
import { createSessions } from "./session.ts";
import { registerSignIn } from "./signin.ts";
import { usageQuestions } from "./usage/questions.ts";

const MOST_BODY_BYTES = 256 * 1024;

export interface ReadDeps {
  store: Store;
  /** Data received before this moment is in the store. */
  freshness(): Date;
  /** Apps that hold an ingest token. */
  apps(): AppInfo[];
  adminToken: string;
  /** 32 bytes that sign session cookies. */
  sessionKey: Buffer;
  metrics: { queryDuration: Histogram<"query"> };
  /** Access and erasure. */
  myData: MyData;
  /** The collector's, for the OpenAPI document. */
  version: string;
  /** The clock; tests set it. */
  now?: () => Date;
  /** How long a statement sent to `/api/v1/sql` may run; 30 by default. */
  sqlSeconds?: number;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Needs no credentials. Only read by the read API's own hook. */
    open?: boolean;
  }
}

/**
 * The read API, everything under `/api`.
 *
 * @example await registerReadApi(app, { store, freshness, apps, adminToken, sessionKey, metrics, myData, version });
 */
export async function registerReadApi(app: FastifyInstance, deps: ReadDeps): Promise<void> {
  await app.register(
    async (scope) => {
      const now = deps.now ?? (() => new Date());
      const isAdmin = createTokenCheck(deps.adminToken);
      const sessions = createSessions(deps.sessionKey, deps.adminToken);

      // A body is JSON or nothing, so a form of another site cannot make one.
      scope.removeAllContentTypeParsers();
      const parseJson = scope.getDefaultJsonParser("error", "error");
      scope.addContentTypeParser(
        "application/json",
        { parseAs: "string", bodyLimit: MOST_BODY_BYTES },
        (request, body, done) =>
          // A DELETE that says JSON and sends nothing is no mistake worth an answer of its own.
          body === "" ? done(null, undefined) : parseJson(request, body as string, done),
      );
      scope.setValidatorCompiler(validatorCompiler);
      scope.setSerializerCompiler(serializerCompiler);
      scope.setErrorHandler(answerFailure);
      await scope.register(cookie);
      await registerOpenApi(scope, deps.version);

      scope.addHook("onRequest", async (request, reply) => {
        reply.header("cache-control", "no-store");
        if (request.routeOptions.config.open) return;
        const caller = identify(request, isAdmin, sessions, now());
        if (caller.kind === "cross_site") return sendApiError(request, reply, "forbidden");
        if (caller.kind === "nobody") {
          reply.header("www-authenticate", "Bearer");
          return sendApiError(request, reply, "unauthorized");
        }
      });

      registerSignIn(scope, { isAdmin, sessions, now });
      const questions = [
        ...footprintQuestions,
        ...usageQuestions,
        ...operationsQuestions(deps.apps),
      ] as Question<ZodObject, ZodObject>[];
      for (const question of questions) register(scope, deps, now, question);
      registerSql(scope, deps);
      registerInstalls(scope, deps.myData);

      const open = { schema: { hide: true }, config: { open: true } };
      scope.get("/openapi.json", open, async () => scope.swagger());
      scope.all("/*", open, async (request, reply) => sendApiError(request, reply, "not_found"));
    },
    { prefix: "/api" },
  );
}

/** One route for a question: checks what every question needs, then lets it answer. */
function register(
  app: FastifyInstance,
  deps: ReadDeps,
  now: () => Date,
  question: Question<ZodObject, ZodObject>,
): void {
  const ask = createAsk(deps.store, deps.metrics.queryDuration, question.name);
  app.withTypeProvider<FastifyZodOpenApiTypeProvider>().get(question.path, {
    schema: {
      operationId: question.name,
      tags: [question.tag],
      summary: question.summary,
      description: question.description,
      querystring: question.parameters,
      response: {
        200: {
          description: "The answer.",
          content: { "application/json": { schema: question.reply } },
        },
        ...errors(400, 401, 404, 503),
      },
    },
    handler: async (request, reply) => {
      const moment = now();
      const { app = "", from, to } = request.query as Asked;
      const range = rangeOf({ from, to }, moment);
      if ("parameter" in range) {
        return sendApiError(request, reply, "invalid_parameter", problemSentence(range));
      }
      if (app !== "" && !(await isKnown(app, deps))) {
        return sendApiError(request, reply, "app_unknown");
      }
      const fresh = deps.freshness();
      const loadedUntil = fresh > moment ? moment : fresh;
      const asOf = loadedUntil.toISOString();
      return question.answer(request.query, { ask, app, range, now: moment, loadedUntil, asOf });
    },
  });
}

/** What the parameters of a question may hold that every question treats the same. */
interface Asked {
  app?: string;
  from?: Day;
  to?: Day;
}

/** An app whose last token is gone is still known by what it sent. */
async function isKnown(app: string, { store, apps, metrics }: ReadDeps): Promise<boolean> {
  if (apps().some((known) => known.app === app)) return true;
  const ask = createAsk(store, metrics.queryDuration, "app_known");
  const rows = await ask("SELECT 1 FROM installs WHERE app = {app:String} LIMIT 1", { app });
  return rows.length > 0;
}
