import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import { type Collector, freePort } from "./collector.ts";
import { waitFor } from "./processes.ts";
import { decodeRequest } from "./protobuf.ts";

/** What a real collector answered. */
export interface Reply {
  status: number;
  contentType: string;
  body: Uint8Array;
}

/** One request in the hands of a fault. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** How many log records it carries. */
  records: number;
  /** Hands it on to the real collector. */
  relay(): Promise<Reply>;
}

/** How requests are treated. Whoever does not answer lets them hang. */
export type Fault = (exchange: Exchange) => void | Promise<void>;

/** A door in front of a real collector that can misbehave in every way that a network can. */
export interface FaultyCollector {
  url: string;
  /** From now on. Requests that hang go on hanging. */
  be(fault: Fault): void;
  /** Requests that came whole since the last `be`, and the log records in them. */
  seen(): { requests: number; records: number };
  /** Closes the port: connections are refused, and those that are open break. */
  vanish(): Promise<void>;
  /** Opens the same port again. Does nothing where it is open. */
  appear(): Promise<void>;
  close(): Promise<void>;
}

/** Opens it on 127.0.0.1; without a fault it only passes on. */
export async function openFaultyCollector(
  collector: Pick<Collector, "url">,
): Promise<FaultyCollector> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let fault = passOn;
  let seen = { requests: 0, records: 0 };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // The sender went away with half of it.
    }
    const body = Buffer.concat(chunks);
    const records = countRecords(request, body);
    seen.requests += 1;
    seen.records += records;
    const relay = () => handOn(collector.url, request, body);
    await fault({ request, response, records, relay });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).once("close", () => sockets.delete(socket));
  });

  async function appear(): Promise<void> {
    if (server.listening) return;
    // Meanwhile the port may have served as the near end of somebody's connection.
    await waitFor("the port is free again", 20_000, async () => {
      server.listen(port, "127.0.0.1");
      return once(server, "listening").then(
        () => true,
        () => false,
      );
    });
  }

  async function vanish(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await appear();
  return {
    url: `http://127.0.0.1:${port}`,
    be(next) {
      fault = next;
      seen = { requests: 0, records: 0 };
    },
    seen: () => seen,
    vanish,
    appear,
    close: vanish,
  };
}

/** No fault: what the collector answers. */
export const passOn: Fault = async ({ response, relay }) => {
  const { status, contentType, body } = await relay();
  response.writeHead(status, { "content-type": contentType }).end(body);
};

/** Takes the request and says nothing, ever. */
export const hold: Fault = () => {};

/** Answers, but too late for anybody; `stored` where the collector has it all the while. */
export function slow(milliseconds: number, { stored }: { stored: boolean }): Fault {
  return async ({ response, relay }) => {
    if (stored) await relay();
    const timer = setTimeout(() => response.writeHead(200).end(), milliseconds).unref();
    response.once("close", () => clearTimeout(timer));
  };
}

export function refuse(
  status: number,
  headers: Record<string, string> = {},
  body: string | Uint8Array = "",
): Fault {
  return ({ response }) => void response.writeHead(status, headers).end(body);
}

/** Closes the connection with the request in hand. */
export const hangUp: Fault = ({ request }) => void request.socket.destroy();

/** Bytes that are no HTTP. */
export const babble: Fault = ({ request }) => void request.socket.end("\u0000\u0001 220 hello\r\n");

/** The collector has it, and the connection breaks in the middle of saying so. */
export const cutOff: Fault = async ({ request, response, relay }) => {
  await relay();
  response.writeHead(200, { "content-length": "500" });
  response.write("half of", () => request.socket.destroy());
};

/** The collector has it, and the answer says so in words that nobody understands. */
export const garble: Fault = async ({ response, relay }) => {
  await relay();
  const type = { "content-type": "application/x-protobuf" };
  response.writeHead(200, type).end(Buffer.from("<html>\u00ff\u00fe\u0007</html>", "latin1"));
};

/** The collector has it, and the answer says that it refused one record of each request. */
export const refuseOne: Fault = async ({ response, relay }) => {
  await relay();
  const partialSuccess = { rejectedLogRecords: "1", errorMessage: "event_unlisted: 1" };
  const type = { "content-type": "application/json" };
  response.writeHead(200, type).end(JSON.stringify({ partialSuccess }));
};

async function handOn(url: string, request: IncomingMessage, body: Buffer): Promise<Reply> {
  const { host, connection, "content-length": length, ...headers } = request.headers;
  const reply = await fetch(`${url}${request.url}`, {
    method: request.method ?? "POST",
    headers: headers as Record<string, string>,
    body: new Uint8Array(body),
  });
  return {
    status: reply.status,
    contentType: reply.headers.get("content-type") ?? "",
    body: new Uint8Array(await reply.arrayBuffer()),
  };
}

function countRecords({ url, headers }: IncomingMessage, body: Buffer): number {
  if (!url?.endsWith("/v1/logs")) return 0;
  const bytes = headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  const { resourceLogs } = decodeRequest(bytes).toJSON() as {
    resourceLogs?: { scopeLogs?: { logRecords?: unknown[] }[] }[];
  };
  return (resourceLogs ?? [])
    .flatMap(({ scopeLogs }) => scopeLogs ?? [])
    .reduce((sum, { logRecords }) => sum + (logRecords?.length ?? 0), 0);
}
