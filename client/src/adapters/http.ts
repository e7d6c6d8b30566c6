import type { IncomingMessage, ServerResponse } from "node:http";
import type { Rollcall } from "../api.ts";
import { runWithRequestId } from "../journal/request-context.ts";
import { createMount, type MountOptions } from "./mount.ts";
import { readPageRequest, splitUrl, writeReply } from "./page-request.ts";
import { REQUEST_ID_HEADER, requestIdOf } from "./request-id.ts";

export type { MountedMetrics, MountOptions, SetupOptions } from "./mount.ts";
export { requestIdOf } from "./request-id.ts";

/** `MountOptions`, and how a request's route is found for the metrics. */
export interface HttpOptions extends MountOptions<IncomingMessage> {
  /**
   * The template of the host's own route for a request, such as `/projects/:id`, never the path;
   * "" where none matches. Asked for once the answer is out.
   */
  route?: (request: IncomingMessage) => string;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** What `rollcallHttp` gives a plain server. */
export interface HttpMount {
  /** Wraps the host's own listener, which then runs with the request's id in its logs. */
  listener(next: Listener): (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * For a host that calls by itself, before anything else. Resolves true once it has answered,
   * false where the host must. Never rejects.
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/**
 * Telemetry page, wizard, metrics and request ids for a server of `node:http` or `node:https`.
 *
 * @throws TypeError for an admin page without `authorize`
 * @example
 * const telemetry = rollcallHttp(rollcall, {
 *   admin: { authorize: (request) => administratorOf(request) },
 *   metrics: createMetrics(),
 *   route: (request) => router.templateOf(request),
 * });
 * createServer(telemetry.listener(app)).listen(8080);
 */
export function rollcallHttp(rollcall: Rollcall, options: HttpOptions = {}): HttpMount {
  const mount = createMount(rollcall, options as MountOptions);

  /** @returns what ends the request; null where the host does */
  function begin(request: IncomingMessage, response: ServerResponse): Promise<boolean> | null {
    response.setHeader(REQUEST_ID_HEADER, requestIdOf(request));
    const { method = "GET", url = "/", headers } = request;
    const { path } = splitUrl(url);
    const own = mount.routeOf(path);
    mount.observe(method, response, () => own ?? hostRoute(request));
    const stopped = mount.gate({ method, path, accept: headers.accept });
    if (stopped !== null) {
      writeReply(response, stopped);
      return Promise.resolve(true);
    }
    return own === null ? null : serve(request, response);
  }

  function hostRoute(request: IncomingMessage): string {
    try {
      return options.route?.(request) ?? "";
    } catch {
      // Counting a request must not end the process.
      return "";
    }
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<boolean> {
    try {
      const url = incoming.url ?? "/";
      const read = await readPageRequest({ incoming, url, body: undefined, raw: incoming });
      const reply = read.ok ? await mount.answer(read.request) : read.reply;
      if (reply === null) return false;
      writeReply(response, reply);
    } catch {
      // `authorize`, `onComplete` or a fault of ours: the server goes on.
      if (response.headersSent) response.destroy();
      else writeReply(response, FAILED);
    }
    return true;
  }

  return {
    listener: (next) => (request, response) => {
      runWithRequestId(requestIdOf(request), () => {
        const ending = begin(request, response);
        if (ending === null) next(request, response);
        else void ending.then((answered) => answered || next(request, response));
      });
    },
    handle: (request, response) =>
      runWithRequestId(requestIdOf(request), () => begin(request, response)) ??
      Promise.resolve(false),
  };
}

const FAILED = {
  status: 500,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: "this page failed\n",
};
