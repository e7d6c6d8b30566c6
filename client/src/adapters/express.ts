import type { IncomingMessage, ServerResponse } from "node:http";
import type { Request as ExpressRequest } from "express";
import type { Rollcall } from "../api.ts";
import { runWithRequestId } from "../journal/request-context.ts";
import { expressEndpoint, type RoutedRequest } from "./express-endpoint.ts";
import { createMount, type MountOptions } from "./mount.ts";
import { readPageRequest, splitUrl, writeReply } from "./page-request.ts";
import { REQUEST_ID_HEADER, requestIdOf } from "./request-id.ts";

export type { MountedMetrics, MountOptions, SetupOptions } from "./mount.ts";
export { requestIdOf } from "./request-id.ts";

/** What is used of Express' request, so that the package needs none of its types. */
type Request = IncomingMessage & RoutedRequest & { originalUrl?: string; body?: unknown };

/** A middleware for `app.use`. */
export type ExpressMiddleware = (
  request: Request,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Telemetry page, wizard, metrics and request ids as a middleware of Express 5. Give it to the app
 * itself, before the routes and after what `authorize` needs, such as the session. Body parsers may
 * come before or after it.
 *
 * @throws TypeError for an admin page without `authorize`
 * @example
 * app.use(session(…));
 * app.use(
 *   rollcallExpress(rollcall, {
 *     admin: { authorize: (request) => administratorOf(request) },
 *     metrics: createMetrics(),
 *   }),
 * );
 */
export function rollcallExpress(
  rollcall: Rollcall,
  options: MountOptions<ExpressRequest> = {},
): ExpressMiddleware {
  const mount = createMount(rollcall, options as MountOptions);

  async function serve(request: Request, response: ServerResponse, url: string): Promise<boolean> {
    const { body } = request;
    const read = await readPageRequest({ incoming: request, url, body, raw: request });
    const reply = read.ok ? await mount.answer(read.request) : read.reply;
    if (reply !== null) writeReply(response, reply);
    return reply !== null;
  }

  return (request, response, next) => {
    const id = requestIdOf(request);
    response.setHeader(REQUEST_ID_HEADER, id);
    const url = request.originalUrl ?? request.url ?? "/";
    const { path } = splitUrl(url);
    const method = request.method ?? "GET";
    const own = mount.routeOf(path);
    const { app } = request;
    mount.observe(method, response, () => own ?? expressEndpoint(request, app));
    const stopped = mount.gate({ method, path, accept: request.headers.accept });
    if (stopped !== null) return writeReply(response, stopped);
    runWithRequestId(id, () => {
      if (own === null) return next();
      serve(request, response, url).then((answered) => answered || next(), next);
    });
  };
}
