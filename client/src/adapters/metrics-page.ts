import { administratorOf } from "../admin/administrator.ts";
import type { Authorize, PageHandler } from "../admin/types.ts";
import type { RequestMetrics } from "../metrics/types.ts";

/** Shows the app's metrics at one path, to everybody or to those that `authorize` names. */
export function createMetricsHandler(
  metrics: RequestMetrics & { authorize?: Authorize },
  path: string,
): PageHandler {
  const { authorize } = metrics;
  const plain = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  return async (request) => {
    if (request.path !== path) return null;
    if (request.method !== "GET" && request.method !== "HEAD") {
      return { status: 405, headers: { ...plain, allow: "GET, HEAD" }, body: "use GET\n" };
    }
    if (authorize !== undefined && (await administratorOf(authorize, request.raw)) === null) {
      return { status: 403, headers: plain, body: "metrics are for administrators\n" };
    }
    const { contentType, body } = await metrics.handler();
    return { status: 200, headers: { ...plain, "content-type": contentType }, body };
  };
}
