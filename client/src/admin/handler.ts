import type { Rollcall } from "../api.ts";
import { internalsOf } from "../internals.ts";
import { type Action, actions } from "./actions.ts";
import { administratorOf } from "./administrator.ts";
import { erasePage, rotatePage } from "./confirm.tsx";
import { csrfHolds, csrfToken, isForeign } from "./csrf.ts";
import { plainHeaders, redirectReply } from "./document.tsx";
import { readRecords } from "./model.ts";
import { pageReply } from "./page.tsx";
import { problemPage } from "./results.tsx";
import { text } from "./text.ts";
import type { AdminOptions, PageHandler, PageReply, PageRequest } from "./types.ts";

export type { AdminOptions, Authorize, PageHandler, PageReply, PageRequest } from "./types.ts";

/**
 * The admin telemetry page, for any server: an adapter hands requests in and sends replies out.
 *
 * @returns a handler that answers null for every path that is not the page's
 * @throws TypeError without `authorize`: the page must not be open to everybody
 *
 * @example
 * const admin = createAdminHandler(rollcall, { authorize: (raw) => adminOf(raw) });
 */
export function createAdminHandler(rollcall: Rollcall, options: AdminOptions): PageHandler {
  if (typeof options?.authorize !== "function") {
    throw new TypeError("the telemetry page needs `authorize`, which says who is an administrator");
  }
  const internals = internalsOf(rollcall);
  const path = (options.path ?? "/admin/telemetry").replace(/\/+$/, "");
  const links = options.links ?? {};

  return async (request) => {
    const route = routeOf(request.path, path);
    if (route === null) return null;
    const administrator = await administratorOf(options.authorize, request.raw, internals.log);
    if (administrator === null) return turnedAway(options.loginPath);
    internals.refresh();
    // Asked for with each request: a new identity brings a new key.
    const key = internals.deriveKey("admin-csrf");
    const who = administrator.id;
    if (request.method === "POST") {
      if (!Object.hasOwn(actions, route)) return notAllowed(path);
      if (!csrfHolds(request, key, who)) return outOfDate(path);
      return act(route, { rollcall, form: request.form, who, path });
    }
    if (request.method !== "GET" && request.method !== "HEAD") return notAllowed(path);
    return show(route, request, csrfToken(key, who));
  };

  async function show(route: string, request: PageRequest, csrf: string): Promise<PageReply> {
    const { method, query, headers } = request;
    const state = rollcall.state();
    switch (route) {
      case "":
        return pageReply({
          state,
          records: await readRecords(rollcall, query),
          path,
          links,
          csrf,
          done: query.get("done") ?? "",
          now: Date.now(),
        });
      case "rotate":
        return state.identity === null ? redirectReply(path) : rotatePage({ state, path, csrf });
      case "erase":
        // Without an identity or a collector there is nothing to erase anywhere.
        return state.identity === null || state.sinks.length === 0
          ? redirectReply(path)
          : erasePage({ state, path, csrf });
      case "preview.json":
        return json(await rollcall.wouldSend());
      case "export":
        // It asks the collector, so another site's link or picture must not make it happen.
        return method === "GET" && !isForeign(headers) ? exported() : redirectReply(path);
      default:
        // A form's address that was opened by hand.
        return redirectReply(path);
    }
  }

  async function exported(): Promise<PageReply> {
    const answer = await rollcall.exportMyData();
    if (answer.ok) return json(answer.data, "telemetry-data.json");
    const { exportFailedTitle } = text.erased;
    return problemPage({ status: 502, title: exportFailedTitle, says: answer.problem, path });
  }

  async function act(route: string, action: Action): Promise<PageReply> {
    const outcome = await actions[route]?.(action);
    if (typeof outcome === "object") return outcome;
    return redirectReply(`${path}?done=${outcome ?? ""}`);
  }
}

const PAGES = ["", "preview.json", "export"];

/** The part after the page's own path; null for a path that is not the page's. */
function routeOf(asked: string, path: string): string | null {
  if (asked === path || asked === `${path}/`) return "";
  const route = asked.startsWith(`${path}/`) ? asked.slice(path.length + 1) : null;
  if (route === null) return null;
  return PAGES.includes(route) || Object.hasOwn(actions, route) ? route : null;
}

function turnedAway(loginPath: string | undefined): PageReply {
  if (loginPath !== undefined) return redirectReply(loginPath);
  const { forbiddenTitle, forbidden } = text.refused;
  return problemPage({ status: 403, title: forbiddenTitle, says: forbidden });
}

function outOfDate(path: string): PageReply {
  return problemPage({ status: 403, title: text.refused.csrfTitle, says: text.refused.csrf, path });
}

function notAllowed(path: string): PageReply {
  const { methodTitle, method } = text.refused;
  return problemPage({ status: 405, title: methodTitle, says: method, path });
}

function json(content: unknown, file?: string): PageReply {
  return {
    status: 200,
    headers: {
      ...plainHeaders,
      "content-type": "application/json; charset=utf-8",
      ...(file ? { "content-disposition": `attachment; filename="${file}"` } : {}),
    },
    body: `${JSON.stringify(content, null, 2)}\n`,
  };
}
