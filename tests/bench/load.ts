import { readFileSync } from "node:fs";
import { connect } from "node:net";

/**
 * The load generator, a process of its own: repeats one prepared request over keep-alive
 * connections, one request in flight on each, on bare sockets so that it takes as little of the two
 * cores as it can. Told what to do over IPC; answers with its counts and ends with its parent.
 */
export interface LoadTask {
  port: number;
  /** Default: /v1/logs. */
  path?: string;
  /** Header lines after the request line, without `content-length`. */
  headers: string[];
  bodyFile: string;
  connections: number;
  milliseconds: number;
  /** Requests of all connections together; as many as there can be without it. */
  perSecond?: number;
}

export interface LoadResult {
  requests: number;
  seconds: number;
  /** Answers that were not 200. */
  failed: number;
}

/** Ends a load before its time; its answer comes then. */
export interface StopLoad {
  stop: true;
}

let until = 0;

process.on("message", async (task: LoadTask | StopLoad) => {
  if ("stop" in task) {
    until = 0;
    return;
  }
  const body = readFileSync(task.bodyFile);
  const head = [`POST ${task.path ?? "/v1/logs"} HTTP/1.1`, "host: 127.0.0.1", ...task.headers];
  const request = Buffer.concat([
    Buffer.from(`${head.join("\r\n")}\r\ncontent-length: ${body.length}\r\n\r\n`),
    body,
  ]);
  const began = performance.now();
  until = began + task.milliseconds;
  const pauseMs = task.perSecond === undefined ? 0 : (1000 * task.connections) / task.perSecond;
  const lanes = Array.from({ length: task.connections }, () => lane(task.port, request, pauseMs));
  const counts = await Promise.all(lanes);
  const result: LoadResult = {
    requests: counts.reduce((sum, count) => sum + count.requests, 0),
    failed: counts.reduce((sum, count) => sum + count.failed, 0),
    seconds: (performance.now() - began) / 1000,
  };
  process.send?.(result);
});
process.once("disconnect", () => process.exit(0));

/** @param pauseMs from one request to the next, where that is not there sooner */
async function lane(
  port: number,
  request: Buffer,
  pauseMs: number,
): Promise<{ requests: number; failed: number }> {
  return new Promise((resolve, reject) => {
    const count = { requests: 0, failed: 0 };
    let received = "";
    let next = performance.now() + pauseMs * Math.random();
    const again = () => {
      if (performance.now() >= until) return socket.end();
      next = Math.max(next + pauseMs, performance.now() - pauseMs);
      socket.write(request);
    };
    const socket = connect(port, "127.0.0.1", again);
    socket.setNoDelay(true).setEncoding("latin1");
    socket.on("data", (text: string) => {
      received += text;
      const end = replyEnd(received);
      if (end === null || received.length < end) return;
      if (received.startsWith("HTTP/1.1 200")) count.requests += 1;
      else count.failed += 1;
      received = received.slice(end);
      const early = next - performance.now();
      if (early > 1) setTimeout(again, early);
      else again();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(count));
  });
}

/** Where the first reply in the text ends, or null while its headers are not complete. */
function replyEnd(text: string): number | null {
  const headersEnd = text.indexOf("\r\n\r\n");
  if (headersEnd < 0) return null;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, headersEnd))?.[1];
  return headersEnd + 4 + Number(length ?? 0);
}
