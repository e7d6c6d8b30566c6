import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { type EngineException, exception, statusOf, unsupported } from "./exception.ts";
import type { Arrival, Outcome } from "./execute.ts";
import { identify, type Secrets } from "./identity.ts";
import { parseQueryRequest } from "./request.ts";

const gzip = promisify(zlib.gzip);

export interface ServerParts {
  secrets: Secrets;
  execute(arrival: Arrival): Promise<Outcome>;
  /** False once statements cannot run; `/ping` says so. */
  healthy(): Promise<boolean>;
}

/** ClickHouse's HTTP interface, as far as the collector, Grafana and SQL tools use it. */
export function createEngineServer(parts: ServerParts): Server {
  const server = createServer(
    // Parameters travel in the URL; a ClickHouse server allows as much.
    { maxHeaderSize: 1024 * 1024, requestTimeout: 0, keepAliveTimeout: 65_000 },
    (request, response) => {
      answer(parts, request, response).catch((error: unknown) => {
        if (!response.headersSent)
          refuse(response, exception(1001, "STD_EXCEPTION", String(error)));
        else response.destroy();
      });
    },
  );
  return server;
}

async function answer(
  parts: ServerParts,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const identity = identify(message.headers, parts.secrets);
  if (identity === null) {
    // The body of a stranger is not read.
    response.setHeader("Connection", "close");
    response.setHeader("WWW-Authenticate", 'Basic realm="ClickHouse"');
    refuse(response, exception(516, "AUTHENTICATION_FAILED", "Authentication failed"));
    return;
  }
  const url = new URL(message.url ?? "/", "http://engine");
  if (url.pathname === "/ping") {
    if (await parts.healthy()) response.end("Ok.\n");
    else refuse(response, exception(236, "ABORTED", "The engine is stopping"));
    return;
  }
  if (url.pathname !== "/") {
    response.writeHead(404).end("There is no handle for this address\n");
    return;
  }
  if (message.method !== "POST" && message.method !== "GET") {
    response.writeHead(405, { Allow: "GET, POST" }).end();
    return;
  }
  const parsed = parseQueryRequest(url, message.headers);
  if ("refused" in parsed) return refuse(response, parsed.refused);
  const { request } = parsed;
  if (message.method === "GET") request.settings.readonly ??= "2";
  const body = decompress(message);
  if (body === null) return refuse(response, unsupported("This Content-Encoding"));

  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  response.setHeader("X-ClickHouse-Query-Id", header(request.queryId));
  const outcome = await parts.execute({ identity, request, body, gone: gone.signal });
  if (!outcome.ok) return refuse(response, outcome.exception);
  response.setHeader("X-ClickHouse-Timezone", "UTC");
  if (request.compressResponse) {
    response.setHeader("Content-Encoding", "gzip");
    response.end(await gzip(outcome.output, { level: 1 }));
  } else response.end(outcome.output);
}

/** The body as its `Content-Encoding` says; null for an encoding that is not known. */
export function decompress(message: IncomingMessage): Readable | null {
  const encoding = message.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return message;
  const through =
    encoding === "gzip"
      ? zlib.createGunzip()
      : encoding === "deflate"
        ? zlib.createInflate()
        : encoding === "zstd"
          ? zlib.createZstdDecompress()
          : null;
  if (through === null) return null;
  message.once("error", (error) => through.destroy(error));
  message.once("close", () => {
    if (!message.complete) through.destroy(new Error("The request ended early"));
  });
  return message.pipe(through);
}

function refuse(response: ServerResponse, { code, text }: EngineException): void {
  if (response.destroyed) return;
  response.statusCode = statusOf(code);
  response.setHeader("X-ClickHouse-Exception-Code", String(code));
  response.setHeader("Content-Type", "text/plain; charset=UTF-8");
  response.end(`${text}\n`);
}

/** What a header may hold of a text that came from outside. */
function header(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
}
