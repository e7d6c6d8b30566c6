import type { NodeOptions } from "@sentry/node";
import type { Internals } from "../internals.ts";
import type { Gate } from "./gate.ts";

export type Sdk = typeof import("@sentry/node");

/**
 * What an app may set of the SDK's own options. Not integrations or transports: some of them send by
 * themselves, past everything.
 */
export type AllowedOptions = Pick<
  NodeOptions,
  | "beforeSend"
  | "beforeSendTransaction"
  | "ignoreErrors"
  | "ignoreTransactions"
  | "sampleRate"
  | "tracesSampler"
  | "tracePropagationTargets"
  | "shutdownTimeout"
  | "onFatalError"
  | "debug"
>;

const ALLOWED = [
  "beforeSend",
  "beforeSendTransaction",
  "ignoreErrors",
  "ignoreTransactions",
  "sampleRate",
  "tracesSampler",
  "tracePropagationTargets",
  "shutdownTimeout",
  "onFatalError",
  "debug",
] as const satisfies readonly (keyof AllowedOptions)[];

/**
 * Integrations that catch errors. Unhandled rejections reach the one for uncaught exceptions by
 * Node's own default; Sentry's integration for them would keep a process alive that Node ends.
 */
const CATCHING = new Set(
  (
    "EventFilters InboundFilters FunctionToString LinkedErrors Dedupe OnUncaughtException " +
    "Express Fastify Hapi Hono Koa Nitro"
  ).split(" "),
);
/** Integrations that measure, added where transactions are sampled. */
const MEASURING = new Set(
  "Graphql Mongo Mongoose Mysql Mysql2 Redis Postgres PostgresJs Prisma Tedious Knex GenericPool Kafka Amqplib".split(
    " ",
  ),
);

/** From version 11 on the SDK collects all of this by default. */
const COLLECT_NOTHING: NonNullable<NodeOptions["dataCollection"]> = {
  userInfo: false,
  cookies: false,
  httpHeaders: false,
  httpBodies: [],
  urlQueryParams: false,
  graphQL: { document: false, variables: false },
  genAI: { inputs: false, outputs: false },
  mcp: { inputs: false, outputs: false },
  databaseQueryData: false,
  queues: false,
  stackFrameVariables: false,
  frameContextLines: 0,
};
/** What the versions before 11 called the same. */
const BEFORE_11 = { sendDefaultPii: false, autoSessionTracking: false };

/** The SDK's options: what could carry content is off before it is scrubbed. */
export function sdkOptions(
  sdk: Sdk,
  internals: Internals,
  given: { dsn: string; gate: Gate; tracesSampleRate: number; options: AllowedOptions },
): NodeOptions {
  const { dsn, gate, tracesSampleRate, options } = given;
  const measures = tracesSampleRate > 0 || options.tracesSampler !== undefined;
  const integrations = sdk
    .getDefaultIntegrations({ tracesSampleRate })
    .filter(({ name }) => CATCHING.has(name) || (measures && MEASURING.has(name)));
  if (measures) {
    integrations.push(
      sdk.httpIntegration({ breadcrumbs: false, maxRequestBodySize: "none", sessions: false }),
      sdk.nativeNodeFetchIntegration({ breadcrumbs: false }),
    );
  }
  const chosen = Object.fromEntries(
    ALLOWED.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]),
  );
  return {
    debug: false,
    // Trace headers would tell third parties which of their requests belong together.
    tracePropagationTargets: [],
    ...chosen,
    dsn,
    release: `${internals.app}@${internals.version}`,
    ...(internals.environment === undefined ? {} : { environment: internals.environment }),
    tracesSampleRate,
    // Spans come with their transaction, not in envelopes of their own.
    traceLifecycle: "static",
    defaultIntegrations: integrations,
    transport: () => gate,
    ...BEFORE_11,
    dataCollection: COLLECT_NOTHING,
    maxBreadcrumbs: 0,
    sendClientReports: false,
    includeServerName: false,
    enhanceFetchErrorMessages: false,
    spotlight: false,
  };
}
