import { text } from "../text/shell.ts";

/** Why there is no answer. `requestId` finds the request in the collector's log; "" = never arrived. */
export interface ApiError {
  /** 0 when no answer came at all. */
  status: number;
  code: string;
  message: string;
  requestId: string;
  /** After how many seconds to ask again, where the collector says so. */
  retryAfter: number | null;
}

export type Result<T> = { ok: true; value: T } | { ok: false; error: ApiError };

/** Query parameters; a list becomes a repeated parameter. */
export type Params = Record<string, string | readonly string[]>;

/** What a change is sent with. */
export type Method = "POST" | "PUT" | "DELETE";

/** The collector's API as the signed-in browser may use it. Paths stand without `/api/v1/`. */
export interface Api {
  /**
   * Asks a question.
   * @example api.ask<Breakdown>("installs/breakdown", { app: "timetracker", field: "platform" })
   */
  ask<T>(path: string, params: Params, signal?: AbortSignal): Promise<Result<T>>;
  /**
   * Changes something; the body goes as JSON. An answer without a body is `undefined`.
   * @example api.send("DELETE", "settings/users/ada")
   */
  send<T = undefined>(method: Method, path: string, body?: unknown): Promise<Result<T>>;
}

/** The session's own route answers 401 in the ordinary course of things. */
const SESSION = "session";

/** @param onSignedOut called when something is refused because the session is over */
export function createApi(onSignedOut: () => void): Api {
  async function call<T>(
    method: string,
    path: string,
    params: Params,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Result<T>> {
    const result = await request<T>(method, `/api/v1/${path}${printParams(params)}`, body, signal);
    if (!result.ok && result.error.status === 401 && path !== SESSION) onSignedOut();
    return result;
  }
  return {
    ask: (path, params, signal) => call("GET", path, params, undefined, signal),
    send: (method, path, body) => call(method, path, {}, body),
  };
}

async function request<T>(
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
      error: {
        ...{ status: 0, code: "unreachable", message: text.error.unreachable },
        ...{ requestId: "", retryAfter: null },
      },
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
    retryAfter: readSeconds(response.headers.get("retry-after")),
  };
}

/** `Retry-After` in seconds; a date, which proxies may send, is not waited for. */
function readSeconds(header: string | null): number | null {
  return header !== null && /^\d+$/.test(header) ? Number(header) : null;
}

function printParams(params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const each of typeof value === "string" ? [value] : value) query.append(name, each);
  }
  const printed = query.toString();
  return printed ? `?${printed}` : "";
}
