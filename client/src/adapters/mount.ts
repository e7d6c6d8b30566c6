import type { ServerResponse } from "node:http";
import { createAdminHandler } from "../admin/handler.ts";
import type {
  AdminOptions,
  Authorize,
  PageHandler,
  PageReply,
  PageRequest,
} from "../admin/types.ts";
import type { Rollcall } from "../api.ts";
import type { RequestMetrics } from "../metrics/types.ts";
import { createWizardHandler } from "../wizard/handler.ts";
import type { WizardOptions } from "../wizard/types.ts";
import { createMetricsHandler } from "./metrics-page.ts";
import { createSetupGate, type GateRequest } from "./setup-gate.ts";

/** What an adapter puts into the host app, whose requests are `Raw`. All of it is optional but request ids. */
export interface MountOptions<Raw = unknown> {
  /** The admin telemetry page; `authorize` in it is a must. */
  admin?: AdminOptions<Raw>;
  /** The setup wizard. */
  setup?: SetupOptions<Raw>;
  /**
   * Metrics of the app, made by `createMetrics` of `@rollcall/client/metrics`, and where they are
   * shown: `metrics: { ...createMetrics(), authorize }`.
   */
  metrics?: MountedMetrics<Raw> | false;
}

/** The wizard, and what is open before it is done. */
export interface SetupOptions<Raw = unknown> extends WizardOptions<Raw> {
  /** Sends everybody to the wizard until setup is complete; default true. */
  gate?: boolean;
  /** What is served before: exact paths, or everything under one that ends in `/`. */
  open?: readonly string[];
}

/** The app's metrics, and where and to whom they are shown. */
export interface MountedMetrics<Raw = unknown> extends RequestMetrics {
  /** Default `/metrics`. */
  path?: string;
  /** Who may read them; without it everybody who reaches the server. */
  authorize?: Authorize<Raw>;
}

/** What every adapter does, in the order of a request. */
export interface Mount {
  /** The routes of all pages: each as it is, and with `/*` where something may follow it. */
  routes: readonly string[];
  /** The route that a path belongs to; null for the host's own paths. */
  routeOf(path: string): string | null;
  /** Ends a request that comes before setup is complete; null for one that may pass. */
  gate(request: GateRequest): PageReply | null;
  /** Answers for the pages; null where there is none. */
  answer: PageHandler;
  /**
   * Counts a request once its answer is out.
   *
   * @param endpoint the route's template, asked for at the end, when it is known; "" for none
   */
  observe(method: string, response: ServerResponse, endpoint: () => string): void;
}

/**
 * Puts the pages together.
 *
 * @throws TypeError for an admin page without `authorize`
 */
export function createMount(rollcall: Rollcall, options: MountOptions): Mount {
  const { admin, setup, metrics } = options;
  const adminPath = trimmed(admin?.path ?? "/admin/telemetry");
  const setupPath = trimmed(setup?.path ?? "/setup");
  const metricsPath = metrics ? trimmed(metrics.path ?? "/metrics") : "";
  const handlers: PageHandler[] = [];
  const routes: string[] = [];
  if (metrics) {
    routes.push(metricsPath);
    handlers.push(createMetricsHandler(metrics, metricsPath));
  }
  if (setup !== undefined) {
    routes.push(setupPath, `${setupPath}/*`);
    handlers.push(createWizardHandler(rollcall, setup));
  }
  if (admin !== undefined) {
    routes.push(adminPath, `${adminPath}/*`);
    handlers.push(createAdminHandler(rollcall, admin));
  }

  async function answer(request: PageRequest): Promise<PageReply | null> {
    for (const handle of handlers) {
      const reply = await handle(request);
      if (reply !== null) return reply;
    }
    return null;
  }

  return {
    routes,
    routeOf: (path) =>
      routes.find((route) =>
        route.endsWith("/*") ? path.startsWith(route.slice(0, -1)) : route === path,
      ) ?? null,
    gate:
      setup === undefined || setup.gate === false
        ? () => null
        : createSetupGate({
            setupPath,
            complete: () => rollcall.state().setup.complete,
            open: [...(setup.open ?? []), ...(metrics ? [metricsPath] : [])],
          }),
    answer,
    observe(method, response, endpoint) {
      if (!metrics) return;
      const start = performance.now();
      let counted = false;
      const count = (status: number) => {
        if (counted) return;
        counted = true;
        const seconds = (performance.now() - start) / 1_000;
        metrics.observe({ method, endpoint: endpoint(), status, seconds });
      };
      response.once("finish", () => count(response.statusCode));
      response.once("close", () => count(CLIENT_LEFT));
    },
  };
}

/** nginx's number for a client that went away before its answer; no RFC has one. */
const CLIENT_LEFT = 499;

function trimmed(path: string): string {
  return path.replace(/\/+$/, "");
}
