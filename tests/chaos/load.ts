import { randomInt, randomUUID } from "node:crypto";
import { Agent, request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import {
  gaugeOf,
  keyValues,
  logRecord,
  logsRequest,
  metricsRequest,
  SIGNALS,
  type Signal,
  serverSpan,
  tracesRequest,
} from "../support/otlp.ts";
import { encodeRequest } from "../support/protobuf.ts";
import type { Ledger } from "./ledger.ts";

/**
 * The load generator, a process of its own: sends events, spans and data points with unique ids to a
 * collector that may vanish at any moment and notes what was acknowledged. Ends when told over IPC, when
 * its parent is gone, or after a minute.
 */
export interface LoadOptions {
  urls: string[];
  token: string;
  installId: string;
  /**
   * Log records carry `log.record.uid`, and what got no answer is sent again until it gets one. Spans
   * and data points have no such id and are never repeated.
   */
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
  const signalOf = (at: number) => SIGNALS[at % SIGNALS.length] as Signal;
  await Promise.all(Array.from({ length: options.lanes }, (_, at) => lane(options, signalOf(at))));
  process.send?.(ledger, () => process.disconnect());
});
process.once("disconnect", () => process.exit(0));

async function lane(options: LoadOptions, signal: Signal): Promise<void> {
  const repeats = options.uids && signal === "logs";
  while (!stopping) {
    const ids = Array.from({ length: randomInt(4) === 0 ? randomInt(1, 200) : 1 }, () => nextId++);
    const { headers, body } = encode(ids, signal, options);
    for (;;) {
      const url = options.urls[randomInt(options.urls.length)]!;
      const cut = Math.random() < options.cutShare;
      const outcome = await post(`${url}/v1/${signal}`, options.token, headers, body, cut);
      if (outcome === "acknowledged") {
        ledger.acknowledged.push(...ids);
        break;
      }
      // Without a uid a repetition could not be told from another record, so it is not repeated.
      if (!repeats) {
        ledger[outcome === "unanswered" ? "unknown" : "refused"].push(...ids);
        if (outcome === "unreachable") await pause(25);
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

/** A request in which each record has its id where `copiesOf` finds it. */
function requestOf(ids: number[], signal: Signal, { installId, uids }: LoadOptions): object {
  const origin = { resource: { "service.name": "chaos", install_id: installId } };
  if (signal === "traces") {
    const traceId = installId.replaceAll("-", "");
    const spanId = (id: number) => id.toString(16).padStart(16, "0");
    return tracesRequest(
      ids.map((id) => serverSpan({ traceId, spanId: spanId(id) })),
      origin,
    );
  }
  if (signal === "metrics") {
    return metricsRequest(
      ids.map((id) => (id % 2 === 0 ? gaugeOf("chaos.gauge", id) : sumOf(id))),
      origin,
    );
  }
  return logsRequest(
    ids.map((id) =>
      logRecord({
        event: "timer.stopped",
        installId,
        attributes: { entry_id: id },
        ...(uids ? { uid: randomUUID() } : {}),
      }),
    ),
  );
}

function sumOf(id: number): object {
  const point = {
    timeUnixNano: `${Date.now()}000000`,
    asInt: String(id),
    attributes: keyValues({ "http.response.status_code": 200 }),
  };
  return { name: "chaos.sum", sum: { aggregationTemporality: 1, dataPoints: [point] } };
}

function encode(
  ids: number[],
  signal: Signal,
  options: LoadOptions,
): { headers: object; body: Uint8Array } {
  const request = requestOf(ids, signal, options);
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
    const call = httpRequest(url, {
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
