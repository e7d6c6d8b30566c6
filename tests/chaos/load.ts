import { randomInt, randomUUID } from "node:crypto";
import { Agent, request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import { logRecord, logsRequest } from "../support/otlp.ts";
import { encodeRequest } from "../support/protobuf.ts";
import type { Ledger } from "./ledger.ts";

/**
 * The load generator, a process of its own: sends records with unique ids to a collector that may
 * vanish at any moment and notes what was acknowledged. Ends when told over IPC, when its parent is
 * gone, or after a minute.
 */
export interface LoadOptions {
  urls: string[];
  token: string;
  installId: string;
  /** Records carry `log.record.uid`, and what got no answer is sent again until it gets one. */
  uids: boolean;
  /** The share of requests that are cut off after they were sent, their reply lost. */
  cutShare: number;
  lanes: number;
}

type Outcome = "acknowledged" | "refused" | "unanswered" | "unreachable";

const ledger: Ledger = { acknowledged: [], refused: [], unknown: [] };
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let stopping = false;
let nextId = 1;

process.once("message", async (options: LoadOptions) => {
  process.once("message", () => {
    stopping = true;
  });
  setTimeout(() => process.exit(1), 60_000).unref();
  await Promise.all(Array.from({ length: options.lanes }, () => lane(options)));
  process.send?.(ledger, () => process.disconnect());
});
process.once("disconnect", () => process.exit(0));

async function lane(options: LoadOptions): Promise<void> {
  while (!stopping) {
    const ids = Array.from({ length: randomInt(4) === 0 ? randomInt(1, 200) : 1 }, () => nextId++);
    const { headers, body } = encode(ids, options);
    for (;;) {
      const url = options.urls[randomInt(options.urls.length)]!;
      const cut = Math.random() < options.cutShare;
      const outcome = await post(url, options.token, headers, body, cut);
      if (outcome === "acknowledged") {
        ledger.acknowledged.push(...ids);
        break;
      }
      // Without a uid a repetition could not be told from another record, so it is not repeated.
      if (!options.uids) {
        ledger[outcome === "unanswered" ? "unknown" : "refused"].push(...ids);
        break;
      }
      // Once repeated, an earlier try may have been stored: only an answer settles it.
      if (stopping) {
        ledger.unknown.push(...ids);
        break;
      }
      await pause(outcome === "unreachable" ? 25 : 5);
    }
  }
}

function encode(ids: number[], options: LoadOptions): { headers: object; body: Uint8Array } {
  const request = logsRequest(
    ids.map((id) =>
      logRecord({
        event: "timer.stopped",
        installId: options.installId,
        attributes: { entry_id: id },
        ...(options.uids ? { uid: randomUUID() } : {}),
      }),
    ),
  );
  if (ids.length === 1) {
    return {
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(request)),
    };
  }
  return {
    headers: { "content-type": "application/x-protobuf", "content-encoding": "gzip" },
    body: gzipSync(encodeRequest(request)),
  };
}

async function post(
  url: string,
  token: string,
  headers: object,
  body: Uint8Array,
  cut: boolean,
): Promise<Outcome> {
  return new Promise((resolve) => {
    let sent = false;
    const call = httpRequest(`${url}/v1/logs`, {
      method: "POST",
      agent,
      headers: { ...headers, authorization: `Bearer ${token}`, "content-length": body.length },
    });
    call.on("socket", (socket) => {
      if (!socket.connecting) sent = true;
      else {
        socket.once("connect", () => {
          sent = true;
        });
      }
    });
    call.on("response", (reply) => {
      reply.resume();
      reply.on("end", () => {
        if (reply.statusCode === 200) resolve("acknowledged");
        else if (reply.statusCode === 503 || reply.statusCode === 429) resolve("refused");
        else {
          console.error(`load: unexpected status ${reply.statusCode}`);
          resolve("unanswered");
        }
      });
      // A status line without the end of its body is still an answer that was given.
      reply.on("error", () => resolve(reply.statusCode === 200 ? "acknowledged" : "unanswered"));
    });
    call.on("error", () => resolve(sent ? "unanswered" : "unreachable"));
    call.on("finish", () => {
      if (cut) setTimeout(() => call.destroy(), randomInt(0, 8));
    });
    call.setTimeout(10_000, () => call.destroy());
    call.end(body);
  });
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
