import { requestIdOf, rollcallFastify } from "@rollcall/client/fastify";
import { createMetrics } from "@rollcall/client/metrics";
import { captureException } from "@sentry/node";
import { type FastifyInstance, fastify } from "fastify";
import { addGuard, createRecognise } from "./guard.ts";
import { watchIdle } from "./idle.ts";
import { reportErrors, traceRequests } from "./observability.ts";
import { aboutRoutes } from "./routes/about.ts";
import { authRoutes } from "./routes/auth.ts";
import { clientRoutes } from "./routes/clients.ts";
import { homeRoutes } from "./routes/home.ts";
import { invoiceRoutes } from "./routes/invoices.ts";
import { projectRoutes } from "./routes/projects.ts";
import { reportRoutes } from "./routes/reports.ts";
import { taskRoutes } from "./routes/tasks.ts";
import { timerRoutes } from "./routes/timer.ts";
import { userRoutes } from "./routes/users.ts";
import type { Services } from "./services.ts";
import { createSessions } from "./session.ts";
import { setupWizard } from "./setup.ts";
import { show } from "./show.ts";
import { openDatabase } from "./store/database.ts";
import { createStore } from "./store/store.ts";
import { startTelemetry, type Telemetry } from "./telemetry.ts";
import { html } from "./views/html.ts";
import { plainPage } from "./views/layout.ts";

export interface AppOptions {
  /** Where the database, the session key and Rollcall's files are kept. */
  dataDir: string;
  version: string;
  env: NodeJS.ProcessEnv;
}

/** Puts the app together; `listen` and `close` are the caller's. */
export async function createApp({ dataDir, version, env }: AppOptions): Promise<FastifyInstance> {
  const database = openDatabase(dataDir);
  const store = createStore(database);
  const sessions = createSessions(dataDir);
  const telemetry = startTelemetry(dataDir, version, store.settings, env);
  const services: Services = { store, sessions, telemetry };
  const recognise = createRecognise(sessions, store.users);

  const app = fastify({ genReqId: requestIdOf, logger: { level: "warn" } });
  // Request ids, the telemetry page, the wizard with its gate, and /metrics.
  await app.register(
    rollcallFastify(telemetry, {
      admin: {
        authorize: (request) => {
          const user = recognise(request)?.user;
          return user?.role === "admin" ? { id: String(user.id) } : null;
        },
        loginPath: "/login",
        links: { privacyPolicy: "/privacy", licence: "/licence", back: "/" },
      },
      setup: { ...setupWizard(store), open: ["/style.css", "/privacy", "/licence"] },
      metrics: createMetrics(),
    }),
  );
  reportErrors(telemetry);
  // Not for every destination: one that takes events alone would refuse each batch.
  if (env.TRACES === "on") traceRequests(app, telemetry, () => store.entries.countRunning());
  reportFaults(app, telemetry);
  countPages(app, telemetry);

  // A scope of its own: the app's form parser and guard are not for Rollcall's pages.
  await app.register(async (own) => {
    own.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: 64 * 1024 },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    );
    addGuard(own, recognise);
    watchIdle(own, services);
    aboutRoutes(own);
    authRoutes(own, services);
    homeRoutes(own, services);
    timerRoutes(own, services);
    projectRoutes(own, services);
    taskRoutes(own, services);
    clientRoutes(own, services);
    invoiceRoutes(own, services);
    reportRoutes(own, services);
    userRoutes(own, services);
  });

  app.addHook("onClose", async () => {
    await telemetry.close();
    database.close();
  });
  return app;
}

/** A page was opened, and setup was completed: both are known when the answer is out. */
function countPages(app: FastifyInstance, telemetry: Telemetry): void {
  app.addHook("onResponse", async (request, reply) => {
    const type = String(reply.getHeader("content-type") ?? "");
    if (request.method === "GET" && reply.statusCode === 200 && type.startsWith("text/html")) {
      // The route's template, never the path: /projects/:id and not /projects/42.
      const options = request.person ? { user: request.person.id } : {};
      telemetry.trackPageView(request.routeOptions.url ?? "/", options);
    }
    if (request.method === "POST" && request.url === "/setup" && reply.statusCode === 303) {
      telemetry.track("setup.completed", { enabled: telemetry.consent().detailed });
    }
  });
}

/** What somebody sees when a page is missing or broken. */
function reportFaults(app: FastifyInstance, telemetry: Telemetry): void {
  const back = html`<p><a href="/">To the start</a></p>`;
  app.setNotFoundHandler(async (_request, reply) =>
    show(reply, plainPage("This page does not exist", back), 404),
  );
  app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      request.log.error(error);
      captureException(error);
      // What kind of fault and how bad, not its message: that could hold anything.
      telemetry.track("system.error", {
        error_type: "error",
        severity: "error",
        status_code: status,
      });
      telemetry.logEvent("system.error", { code: error.name, route: request.routeOptions.url });
    }
    const title = status >= 500 ? "Something went wrong" : "This request was not understood";
    return show(reply, plainPage(title, back), status);
  });
}
