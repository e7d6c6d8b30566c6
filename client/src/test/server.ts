import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import { type DecodedRecord, decodeRequest } from "./decode.ts";

export interface SeenRequest {
  path: string;
  headers: IncomingMessage["headers"];
  /** Inflated. */
  body: Buffer;
  at: number;
}

/** How a server treats one request. Whoever does not answer hangs. */
export type Answer = (response: ServerResponse, request: SeenRequest) => void;

/** A real HTTP server on 127.0.0.1 that keeps what it was sent. */
export interface TestServer {
  endpoint: string;
  requests: SeenRequest[];
  /** Connections accepted since start. */
  connections(): number;
  /** All records received so far; those of refused requests too. */
  records(): DecodedRecord[];
  answer(next: Answer): void;
  close(): Promise<void>;
}

export const ok: Answer = (response) => {
  response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
};

export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(code, headers).end();
}

export async function listen(first: Answer = ok): Promise<TestServer> {
  let answer = first;
  let connections = 0;
  const sockets = new Set<Socket>();
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => {});
    request.on("end", () => {
      const raw = Buffer.concat(chunks);
      const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
      const seen = { path: request.url ?? "", headers: request.headers, body, at: Date.now() };
      requests.push(seen);
      answer(response, seen);
    });
  });
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    records: () =>
      requests
        .filter(({ path }) => path.endsWith("/v1/logs"))
        .flatMap(({ body }) => decodeRequest(body).records),
    answer: (next) => {
      answer = next;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
