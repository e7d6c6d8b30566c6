import { existsSync } from "node:fs";
import { join } from "node:path";
import cookie from "@fastify/cookie";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { OpenDoors } from "./read/published/open.ts";

/**
 * Everything from this origin and nothing else. Charts set styles through the CSSOM, which
 * `style-src 'self'` allows; inline styles and scripts are refused.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const SECURITY_HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  // The address bar may hold filters: no other site learns of them.
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "cross-origin-opener-policy": "same-origin",
};

const NOT_BUILT = `The dashboard is not built yet. In the project's directory, run

  npm run build

and load this page again. Ingest and the API work without it.
`;

const YEAR_SECONDS = 365 * 24 * 3600;

/** Vite puts a hash of the content into the name of everything under assets/. */
function cacheControl(path: string): string {
  const hashed = /[\\/]assets[\\/][^\\/]+-[A-Za-z0-9_-]{8,}\.\w+(\.br|\.gz)?$/.test(path);
  return hashed ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache";
}

/** A page of the dashboard, as against a file: it has no extension. APIs answer for themselves. */
const isPage = (path: string) => !/\.[^/]*$/.test(path) && !/^(api|v1|otlp)(\/|$)/.test(path);

interface StaticOptions {
  /** The built dashboard; may be missing. */
  root: string;
  /** Which apps have a public page, and which share links open one. */
  doors: Pick<OpenDoors, "publicCharts" | "shared">;
  /** Whether somebody signed in who sees the report and not the dashboard. */
  isViewer(request: FastifyRequest): boolean;
}

/**
 * Serves the built dashboard: its files, precompressed where the build made .br or .gz, and
 * `index.html` for each of its pages; the report for viewers, public pages and share links. Other paths go to
 * the not-found handler.
 *
 * @example registerStatic(app, { root: "/srv/rollcall/dashboard/dist", doors, isViewer: () => false });
 */
export async function registerStatic(
  app: FastifyInstance,
  { root, doors, isViewer }: StaticOptions,
): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(fastifyStatic, {
      root,
      serve: false,
      suppressWarning: true,
      preCompressed: true,
      cacheControl: false,
      dotfiles: "ignore",
      setHeaders: (reply, path) => void reply.header("cache-control", cacheControl(path)),
    });

    const sendPage = (reply: FastifyReply, page = "index.html") => {
      if (existsSync(join(root, page))) return reply.sendFile(page);
      return reply
        .code(503)
        .header("cache-control", "no-store")
        .type("text/plain; charset=utf-8")
        .send(NOT_BUILT);
    };

    await scope.register(cookie);

    // The page itself says that there is nothing (any more), so it is sent in either case.
    const sendReport = (reply: FastifyReply, exists: boolean) =>
      sendPage(reply.headers(SECURITY_HEADERS).code(exists ? 200 : 404), "report.html");
    const hidden = { schema: { hide: true } };
    scope.get<{ Params: { app: string } }>("/public/:app", hidden, ({ params }, reply) =>
      sendReport(reply, doors.publicCharts(params.app).length > 0),
    );
    scope.get<{ Params: { token: string } }>("/share/:token", hidden, ({ params }, reply) =>
      sendReport(reply.header("x-robots-tag", "noindex"), doors.shared(params.token) !== null),
    );

    scope.get<{ Params: { "*": string } }>("/*", { schema: { hide: true } }, (request, reply) => {
      const path = request.params["*"];
      if (path === "") {
        reply.headers(SECURITY_HEADERS).header("vary", "cookie");
        return sendPage(reply, isViewer(request) ? "report.html" : "index.html");
      }
      if (isPage(path)) return sendPage(reply.headers(SECURITY_HEADERS));
      if (/^(api|v1|otlp)(\/|$)/.test(path)) return reply.callNotFound();
      return reply.headers(SECURITY_HEADERS).sendFile(path);
    });
  });
}
