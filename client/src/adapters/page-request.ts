import type { IncomingMessage, ServerResponse } from "node:http";
import type { PageReply, PageRequest } from "../admin/types.ts";

/** A form of the page or the wizard takes a few kilobytes. */
export const MAX_FORM_BYTES = 64 * 1024;

export interface HostRequest {
  incoming: IncomingMessage;
  /** As the client sent it, whatever the host has cut off of `incoming.url`. */
  url: string;
  /** What a body parser of the host made of the body; undefined where none has read it. */
  body: unknown;
  /** For `authorize`. */
  raw: unknown;
}

/**
 * A request of the host's server as the pages take it, or the reply that ends it: 413 for a form of
 * more than 64 KiB, 415 for a body that is no form, 400 for one that breaks off.
 */
export async function readPageRequest(
  host: HostRequest,
): Promise<{ ok: true; request: PageRequest } | { ok: false; reply: PageReply }> {
  const { incoming } = host;
  const { path, query } = splitUrl(host.url);
  const method = incoming.method ?? "GET";
  const form = method === "POST" ? await readForm(host) : new URLSearchParams();
  if (!(form instanceof URLSearchParams)) return { ok: false, reply: form };
  return {
    ok: true,
    request: { method, path, query, headers: flatHeaders(incoming), form, raw: host.raw },
  };
}

/** Not by `URL`, which would resolve `..` and read `//host` as another server. */
export function splitUrl(url: string): { path: string; query: URLSearchParams } {
  const [withoutHash = ""] = url.split("#", 1);
  const at = withoutHash.indexOf("?");
  if (at < 0) return { path: withoutHash, query: new URLSearchParams() };
  return {
    path: withoutHash.slice(0, at),
    query: new URLSearchParams(withoutHash.slice(at + 1)),
  };
}

/** Writes a reply of the pages to a plain response of `node:http`. */
export function writeReply(response: ServerResponse, reply: PageReply): void {
  response.writeHead(reply.status, reply.headers).end(reply.body);
}

async function readForm({ incoming, body }: HostRequest): Promise<URLSearchParams | PageReply> {
  const { "content-type": type = "", "content-length": length = "0" } = incoming.headers;
  if (Number(length) > MAX_FORM_BYTES) return refused(413, "the form is too long");
  if (type !== "" && !/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) {
    return refused(415, "this takes application/x-www-form-urlencoded");
  }
  if (body !== undefined && body !== null) return formOf(body);
  const text = await readText(incoming);
  return typeof text === "string" ? new URLSearchParams(text) : text;
}

/** A body parser gives text, bytes, or an object with lists where a name stood more than once. */
function formOf(body: unknown): URLSearchParams {
  if (typeof body === "string") return new URLSearchParams(body);
  if (Buffer.isBuffer(body)) return new URLSearchParams(body.toString("utf8"));
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body as object)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === "string") form.append(name, one);
    }
  }
  return form;
}

function readText(incoming: IncomingMessage): Promise<string | PageReply> {
  return new Promise((resolve) => {
    // Somebody has read it and not said what it was.
    if (incoming.readableEnded || incoming.destroyed) return resolve("");
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes <= MAX_FORM_BYTES) chunks.push(chunk);
      else resolve(refused(413, "the form is too long"));
    });
    incoming.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    const brokenOff = () => resolve(refused(400, "the form broke off"));
    incoming.on("error", brokenOff);
    incoming.on("close", brokenOff);
  });
}

function refused(status: number, message: string): PageReply {
  return {
    status,
    // The rest of the body is not read.
    headers: { "content-type": "text/plain; charset=utf-8", connection: "close" },
    body: `${message}\n`,
  };
}

function flatHeaders(incoming: IncomingMessage): PageRequest["headers"] {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : value,
    ]),
  );
}
