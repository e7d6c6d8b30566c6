import { text } from "../text.ts";
import type {
  ActiveInstalls,
  Apps,
  Breakdown,
  BreakdownField,
  Events,
  EventTrend,
  InstallsSummary,
  InstallVersions,
  Session,
} from "./types.ts";

/** Why there is no answer. `requestId` finds the request in the collector's log; "" = never arrived. */
export interface ApiError {
  /** 0 when no answer came at all. */
  status: number;
  code: string;
  message: string;
  requestId: string;
}

export type Result<T> = { ok: true; value: T } | { ok: false; error: ApiError };

/** Query parameters; a list becomes a repeated parameter. */
export type Params = Record<string, string | readonly string[]>;

/** The read API and the session, as the signed-in browser may use them. */
export interface Api {
  apps(signal?: AbortSignal): Promise<Result<Apps>>;
  summary(params: Params, signal?: AbortSignal): Promise<Result<InstallsSummary>>;
  active(params: Params, signal?: AbortSignal): Promise<Result<ActiveInstalls>>;
  versions(params: Params, signal?: AbortSignal): Promise<Result<InstallVersions>>;
  breakdown(
    field: BreakdownField,
    params: Params,
    signal?: AbortSignal,
  ): Promise<Result<Breakdown>>;
  events(params: Params, signal?: AbortSignal): Promise<Result<Events>>;
  eventTrend(params: Params, signal?: AbortSignal): Promise<Result<EventTrend>>;
  session(): Promise<Result<Session>>;
  signIn(token: string): Promise<Result<undefined>>;
  signOut(): Promise<Result<undefined>>;
}

/**
 * @param onSignedOut called when a question is refused because the session is over; not by the
 *   session routes themselves, which answer 401 in the ordinary course of things
 */
export function createApi(onSignedOut: () => void): Api {
  async function question<T>(path: string, params: Params, signal?: AbortSignal) {
    const result = await send<T>("GET", `/api/v1/${path}${printParams(params)}`, undefined, signal);
    if (!result.ok && result.error.status === 401) onSignedOut();
    return result;
  }
  return {
    apps: (signal) => question("apps", {}, signal),
    summary: (params, signal) => question("installs/summary", params, signal),
    active: (params, signal) => question("installs/active", params, signal),
    versions: (params, signal) => question("installs/versions", params, signal),
    breakdown: (field, params, signal) =>
      question("installs/breakdown", { ...params, field }, signal),
    events: (params, signal) => question("events", params, signal),
    eventTrend: (params, signal) => question("events/trend", params, signal),
    session: () => send("GET", "/api/v1/session"),
    signIn: (token) => send("POST", "/api/v1/session", { token }),
    signOut: () => send("DELETE", "/api/v1/session"),
  };
}

async function send<T>(
  method: string,
  url: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Result<T>> {
  try {
    const response = await fetch(url, {
      method,
      credentials: "same-origin",
      headers: body === undefined ? {} : { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    if (!response.ok) return { ok: false, error: await readError(response) };
    const value = response.status === 204 ? undefined : await response.json();
    return { ok: true, value: value as T };
  } catch {
    return {
      ok: false,
      error: { status: 0, code: "unreachable", message: text.error.unreachable, requestId: "" },
    };
  }
}

/** A proxy in between may answer with something that is not the collector's error body. */
async function readError(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as Partial<ApiError>;
  return {
    status: response.status,
    code: typeof body.code === "string" ? body.code : `http_${response.status}`,
    message: typeof body.message === "string" ? body.message : text.error.status(response.status),
    requestId:
      typeof body.requestId === "string"
        ? body.requestId
        : (response.headers.get("x-request-id") ?? ""),
  };
}

function printParams(params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const each of typeof value === "string" ? [value] : value) query.append(name, each);
  }
  const printed = query.toString();
  return printed ? `?${printed}` : "";
}
