import type { IncomingHttpHeaders } from "node:http";
import { type EngineException, exception, unsupported } from "./exception.ts";

/** What the URL of a request asks for. */
export interface QueryRequest {
  /** The statement, where the URL carries it; the body is then its data. */
  query: string | null;
  database: string;
  queryId: string;
  defaultFormat: string;
  settings: Record<string, string>;
  params: Record<string, string>;
  compressResponse: boolean;
}

/** Parameters that ask for nothing that a whole, buffered answer does not give. */
const IGNORED = new Set([
  "buffer_size",
  "cancel_http_readonly_queries_on_client_close",
  "client_protocol_version",
  "close_session",
  "enable_http_compression",
  "http_headers_progress_interval_ms",
  "http_write_exception_in_output_format",
  "log_comment",
  "query",
  "query_id",
  "database",
  "default_format",
  "quota_key",
  "send_progress_in_http_headers",
  "session_check",
  "session_timeout",
  "stacktrace",
  "wait_end_of_query",
]);

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads a URL's parameters as ClickHouse's HTTP interface does; a refusal names the parameter. */
export function parseQueryRequest(
  url: URL,
  headers: IncomingHttpHeaders,
): { request: QueryRequest } | { refused: EngineException } {
  const settings: Record<string, string> = Object.create(null);
  const params: Record<string, string> = Object.create(null);
  const search = url.searchParams;
  for (const [name, value] of search) {
    const parameter = name.startsWith("param_") ? name.slice("param_".length) : name;
    if (IGNORED.has(name)) continue;
    if (!NAME.test(parameter)) {
      return { refused: exception(115, "UNKNOWN_SETTING", `Unknown setting ${name}`) };
    }
    if (name.startsWith("param_")) params[parameter] = value;
    else if (name === "session_id" && value !== "") {
      return { refused: unsupported("Sessions are not supported: every statement stands alone") };
    } else if ((name === "compress" || name === "decompress") && value !== "0") {
      return { refused: unsupported(`${name}=${value} is not supported, use HTTP compression`) };
    } else if (name === "user" || name === "password" || name === "role") {
      return { refused: unsupported(`${name} is not taken from the URL, send headers`) };
    } else if (name !== "session_id" && name !== "compress" && name !== "decompress") {
      settings[name] = value;
    }
  }
  const header = (name: string): string => {
    const value = headers[name];
    return typeof value === "string" ? value : "";
  };
  const database = search.get("database") || header("x-clickhouse-database");
  return {
    request: {
      query: search.get("query") || null,
      database: database === "default" ? "" : database,
      queryId: search.get("query_id") || crypto.randomUUID(),
      defaultFormat:
        search.get("default_format") || header("x-clickhouse-format") || "TabSeparated",
      settings,
      params,
      compressResponse:
        search.get("enable_http_compression") === "1" && /\bgzip\b/.test(header("accept-encoding")),
    },
  };
}
