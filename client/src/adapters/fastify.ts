import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyRequest } from "fastify";
import type { Rollcall } from "../api.ts";
import { runWithRequestId } from "../journal/request-context.ts";
import { createMount, type Mount, type MountOptions } from "./mount.ts";
import { readPageRequest, splitUrl } from "./page-request.ts";
import { REQUEST_ID_HEADER, requestIdOf } from "./request-id.ts";

export type { MountedMetrics, MountOptions, SetupOptions } from "./mount.ts";
export { requestIdOf } from "./request-id.ts";

/* What is used of Fastify, so that the package needs none of its types. */
interface Request {
  raw: IncomingMessage;
  method: string;
  /** As sent, also where the host rewrites URLs. */
  originalUrl: string;
  headers: IncomingMessage["headers"];
  routeOptions: { url?: string | undefined };
}
interface Reply {
  raw: ServerResponse;
  code(status: number): Reply;
  header(name: string, value: string): Reply;
  headers(values: Record<string, string>): Reply;
  send(body: string): unknown;
  callNotFound(): unknown;
}
interface App {
  addHook(name: string, hook: (request: Request, reply: Reply, done: () => void) => void): unknown;
  register(plugin: (app: App) => Promise<void>): unknown;
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    type: string,
    parser: (request: unknown, payload: unknown, done: (error: null) => void) => void,
  ): unknown;
  route(options: {
    method: string[];
    url: string;
    handler: (request: Request, reply: Reply) => Promise<unknown>;
  }): unknown;
}

/** A plugin for `app.register`. */
// biome-ignore lint/suspicious/noExplicitAny: any instance, whatever its server, logger and types
export type FastifyPlugin = (app: any) => Promise<void>;

/**
 * Telemetry page, wizard, metrics and request ids as a plugin of Fastify 5. It holds for the whole
 * app. Register it before the routes and after what `authorize` needs, such as the session.
 *
 * @throws TypeError for an admin page without `authorize`
 * @example
 * const app = Fastify({ genReqId: requestIdOf });
 * app.register(
 *   rollcallFastify(rollcall, {
 *     admin: { authorize: (request) => administratorOf(request) },
 *     metrics: createMetrics(),
 *   }),
 * );
 */
export function rollcallFastify(
  rollcall: Rollcall,
  options: MountOptions<FastifyRequest> = {},
): FastifyPlugin {
  const mount = createMount(rollcall, options as MountOptions);

  async function plugin(app: App): Promise<void> {
    app.addHook("onRequest", (request, reply, done) => {
      const { method, raw, headers } = request;
      const id = requestIdOf(raw);
      reply.header(REQUEST_ID_HEADER, id);
      mount.observe(method, reply.raw, () => request.routeOptions.url ?? "");
      const { path } = splitUrl(request.originalUrl);
      const stopped = mount.gate({ method, path, accept: headers.accept });
      if (stopped === null) runWithRequestId(id, done);
      else reply.code(stopped.status).headers(stopped.headers).send(stopped.body);
    });
    app.register((child) => pages(child, mount));
  }

  // What fastify-plugin does: hooks of a plugin with this mark are the app's.
  return Object.assign(plugin, {
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: "rollcall",
    [Symbol.for("plugin-meta")]: { name: "rollcall", fastify: "5.x" },
  });
}

/** In a context of their own, where forms are left to the pages and the host's parsers are not touched. */
async function pages(app: App, mount: Mount): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  for (const url of mount.routes) {
    app.route({
      method: ["GET", "POST"],
      url,
      handler: async (request, reply) => {
        const { raw: incoming, originalUrl } = request;
        const host = { incoming, url: originalUrl, body: undefined, raw: request };
        const read = await readPageRequest(host);
        const answer = read.ok ? await mount.answer(read.request) : read.reply;
        if (answer === null) return reply.callNotFound();
        return reply.code(answer.status).headers(answer.headers).send(answer.body);
      },
    });
  }
}
