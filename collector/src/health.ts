import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { Spool } from "./spool/types.ts";

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

interface HealthDeps {
  /** The address this server listens on: off loopback a scrape needs a token. */
  host: string;
  metricsToken: string | undefined;
  adminToken: string;
  spool: Spool;
  storeState(): string;
  registry: Registry;
  draining(): boolean;
}

const digest = (text: string) => createHash("sha256").update(text).digest();

function bearer(header: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(header ?? "")?.[1] ?? null;
}

/**
 * `/livez`: the process answers. `/readyz`: it would acknowledge a request now (the store may be
 * away: the spool holds what is accepted). `/metrics`: Prometheus text.
 */
export function registerHealth(app: FastifyInstance, deps: HealthDeps): void {
  const allowed = [deps.adminToken, deps.metricsToken]
    .filter((token) => token !== undefined)
    .map(digest);

  app.get("/livez", async () => ({ status: "alive" }));

  app.get("/readyz", async (_request, reply) => {
    const spool = deps.spool.state();
    const ready = spool.accepting && !deps.draining();
    if (!ready) reply.code(503).header("retry-after", "5");
    return {
      status: ready ? "ready" : "not ready",
      reason: deps.draining() ? "shutting down" : spool.reason,
      store: deps.storeState(),
      spool: { bytes: spool.bytes, segments: spool.segments },
    };
  });

  app.get("/metrics", async (request, reply) => {
    // A forwarding header means a proxy: the loopback peer is then not who asks.
    const local =
      LOOPBACK.test(deps.host) &&
      request.headers["x-forwarded-for"] === undefined &&
      request.headers.forwarded === undefined;
    const token = bearer(request.headers.authorization);
    const known =
      token !== null && allowed.some((candidate) => timingSafeEqual(candidate, digest(token)));
    if (!(known || (local && token === null && deps.metricsToken === undefined))) {
      reply.code(401).header("www-authenticate", "Bearer");
      return {
        code: "unauthorized",
        message:
          "Scraping from another machine needs Authorization: Bearer <ROLLCALL_METRICS_TOKEN>.",
        requestId: request.id,
      };
    }
    return reply.type(deps.registry.contentType).send(await deps.registry.metrics());
  });
}
