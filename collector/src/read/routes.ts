import cookie from "@fastify/cookie";
import type { FastifyInstance } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-zod-openapi";
import type { Histogram } from "prom-client";
import type { ZodObject } from "zod";
import type { Alerts } from "../alerts/alerts.ts";
import type { WebhookNetworks } from "../alerts/network.ts";
import { registerAlertRules } from "../alerts/rule-routes.ts";
import { registerWebhooks } from "../alerts/webhook-routes.ts";
import type { Catalogues } from "../catalogues.ts";
import { sendApiError } from "../errors.ts";
import type { MyData } from "../installs/my-data.ts";
import type { PublishedReader } from "../published/reader.ts";
import { appSettings } from "../settings/app-settings.ts";
import { createPasswords } from "../settings/passwords.ts";
import type { Settings } from "../settings/types.ts";
import type { TokenUses } from "../settings/uses.ts";
import type { Store } from "../store/client.ts";
import type { Retention } from "../store/retention.ts";
import { guardAccess } from "./access.ts";
import { createAsks, type QueryBounds } from "./ask.ts";
import { createAuth } from "./auth.ts";
import { registerExport } from "./export/route.ts";
import { answerFailure } from "./failure.ts";
import { footprintQuestionsOf } from "./footprint/questions.ts";
import { registerOpenApi } from "./openapi.ts";
import type { AppInfo } from "./operations/apps.ts";
import { registerInstalls } from "./operations/installs.ts";
import type { Machine } from "./operations/machine.ts";
import { operationsQuestions } from "./operations/questions.ts";
import { registerSql } from "./operations/sql.ts";
import { registerOwnPassword } from "./own-password.ts";
import { registerPublished } from "./published/routes.ts";
import type { Question } from "./question.ts";
import { registerQuestion } from "./question-route.ts";
import { createTokenLimit, limitCallers, type RateBounds } from "./rate-limit.ts";
import { createPasswordLimit, createSessions } from "./session.ts";
import type { SettingsDeps } from "./settings/deps.ts";
import { registerSettings, settingsQuestions } from "./settings/routes.ts";
import { signalQuestions } from "./signals/questions.ts";
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
  settings: Settings;
  /** What restricted readers are answered from. */
  reader: PublishedReader;
  uses: TokenUses;
  retention: Pick<Retention, "preview">;
  catalogues: Pick<Catalogues, "inForce">;
  /** Ingest tokens that are no settings. */
  fixedTokens: SettingsDeps["fixedTokens"];
  alerts: Alerts;
  webhookNetworks: WebhookNetworks;
  /** The clock; tests set it. */
  now?: () => Date;
  /** How long a statement sent to `/api/v1/sql` may run; 30 by default. */
  sqlSeconds?: number;
  /** The embedded engine's working directory; without one, Parquet is what the server streams. */
  engineDirectory?: string | null;
  /** Spool, loader, engine and disk, for the data health page. */
  machine?: Machine;
  /** How much may be asked at once and in a minute; generous for a dashboard by default. */
  bounds?: Partial<QueryBounds & RateBounds>;
}

/**
 * The read API, everything under `/api`.
 *
 * @example await registerReadApi(app, { store, freshness, apps, adminToken, sessionKey, settings, reader, uses, retention, catalogues, fixedTokens, alerts, metrics, myData, version });
 */
export async function registerReadApi(app: FastifyInstance, deps: ReadDeps): Promise<void> {
  await app.register(
    async (scope) => {
      const now = deps.now ?? (() => new Date());
      const sessions = createSessions(deps.sessionKey, deps.adminToken);
      const passwords = createPasswords();
      const auth = createAuth({ ...deps, sessions });

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

      const wrongTokens = createTokenLimit(deps.bounds);
      const passwordLimit = createPasswordLimit();
      guardAccess(scope, auth, wrongTokens, now);
      limitCallers(scope, deps.bounds);

      const signIn = { ...deps, auth, sessions, passwords, passwordLimit, now };
      registerSignIn(scope, { ...signIn, wrongTokens });
      registerOwnPassword(scope, signIn);
      const catalogueOf = (name: string) => deps.catalogues.inForce(name)?.catalogue ?? null;
      const questions = [
        ...footprintQuestionsOf(deps.settings),
        ...usageQuestions({ settings: deps.settings, catalogueOf }),
        ...signalQuestions,
        ...settingsQuestions(deps.settings),
        ...operationsQuestions(deps),
      ] as Question<ZodObject, ZodObject>[];
      const duration = deps.metrics.queryDuration;
      const asks = createAsks({ store: deps.store, duration, bounds: deps.bounds });
      const parts = { asks, freshness: deps.freshness, apps: deps.apps, now };
      for (const question of questions) registerQuestion(scope, parts, question);
      registerSql(scope, deps);
      registerExport(scope, {
        ...parts,
        store: deps.store,
        engineDirectory: deps.engineDirectory ?? null,
      });
      registerInstalls(scope, deps.myData);
      registerSettings(scope, { ...deps, passwords, now });
      registerPublished(scope, {
        reader: deps.reader,
        apps: deps.apps,
        settings: deps.settings,
        nameOf: (name) => appSettings(deps.settings, name).name ?? name,
        now,
      });
      registerWebhooks(scope, deps);
      registerAlertRules(scope, deps);

      const open = { schema: { hide: true }, config: { open: true } };
      scope.get("/openapi.json", open, async () => scope.swagger());
      scope.all("/*", open, async (request, reply) => sendApiError(request, reply, "not_found"));
    },
    { prefix: "/api" },
  );
}
