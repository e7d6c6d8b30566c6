import type { IncomingMessage, ServerResponse } from "node:http";

/** An answer as a value: what the steps of a request end in. */
export interface Reply {
  status: number;
  /** Names and values in turn, without `content-length`. */
  headers: readonly string[];
  /** A string goes out in one write with the headers, bytes in a second one. */
  body: string | Buffer;
}

/** What is left of a refused body is read for this long, so that the sender gets to the reply. */
const LINGER_MS = 5_000;

/** Writes a reply, after headers that are already set on the response. */
export function writeReply(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Reply,
): void {
  if (!request.complete) discardRest(request, response);
  // A reply without content has no length either (RFC 9110, 8.6).
  const length = status === 204 ? [] : ["content-length", String(Buffer.byteLength(body))];
  response.writeHead(status, [...headers, ...length]).end(body);
}

function discardRest(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.once("finish", () => {
    const deadline = setTimeout(() => {
      if (!request.complete) request.socket.destroy();
    }, LINGER_MS).unref();
    request.once("close", () => clearTimeout(deadline));
  });
}
