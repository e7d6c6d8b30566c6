import { type Logger as PinoLogger, pino } from "pino";
import type { SinkName } from "../delivery/types.ts";
import { currentRequestId } from "./request-context.ts";
import type { JournalItem, Signal, WithheldReason } from "./types.ts";

/** How a batch ended, as it stands in an `outcome` line. */
export type OutcomeResult =
  | "delivered"
  | "delivered_in_part"
  | "waiting"
  | "refused"
  | "unknown"
  /** The log failed half way through its `sending` lines, so the batch stayed here. */
  | "not_sent";

/** The value of the key `telemetry`: one for each kind of line. See `journal.ts` for examples. */
export type TelemetryLine =
  | ({
      what: "sending";
      sink: SinkName | "sentry";
      to: string;
      batch: string;
      n: number;
    } & ItemFields)
  | {
      what: "outcome";
      sink: SinkName | "sentry";
      batch: string;
      result: OutcomeResult;
      reason: string;
      rejected: number;
    }
  | ({ what: "held" } & ItemFields)
  | { what: "withheld"; reason: WithheldReason; records: number; sink: string }
  | { what: "refused"; event_type: string; field: string; reason: string; count: number }
  | { what: "left_out"; reason: "buffer" | "day_cap" | "names"; of: string; lines: number }
  | { what: "purged"; id: string };

export interface ItemFields {
  signal: Signal;
  event_type: string;
  /** Milliseconds since the epoch. */
  recorded_at: number;
  content: Readonly<Record<string, unknown>>;
}

/** Every line about telemetry has this, and none of the app's has it at its top level. */
export const TELEMETRY_MARK = '"telemetry":';
const KINDS = new Set(["sending", "outcome", "held", "withheld", "refused", "left_out", "purged"]);

export interface Lines {
  /** One line about telemetry, with its line end. */
  telemetry(of: TelemetryLine, requestId?: string): string;
  /** One structured event of the app, with its line end. */
  event(name: string, fields: Readonly<Record<string, unknown>>): string;
  /** For the app's own log; its lines go to `write`. */
  logger: PinoLogger;
}

/** Makes the lines of the log with pino, which knows how to write down anything. */
export function createLines(now: () => number, write: (line: string) => void): Lines {
  const common = {
    base: { pid: process.pid },
    // For what plain JSON cannot say, such as a BigInt: nothing of it is cut.
    depthLimit: 100,
    edgeLimit: 100_000,
    timestamp: () => `,"time":${Math.trunc(now())}`,
  };
  let line = "";
  // pino writes synchronously into a plain stream, so the line is there when the call returns.
  const renderer = pino(common, {
    write: (text: string) => {
      line = text;
    },
  });
  const request = (id = currentRequestId()) => (id === undefined ? {} : { request_id: id });
  const logger = pino(
    { ...common, mixin: () => request() },
    {
      write: (text: string) => {
        const own = withoutMark(text);
        if (own !== null) write(own);
      },
    },
  );
  return {
    telemetry: (of, requestId) => {
      const context = requestId === undefined ? {} : { request_id: requestId };
      renderer.info({ ...context, telemetry: of });
      return line;
    },
    event: (name, fields) => {
      // Nested, so that no field of the app can pass for one of the log's own.
      renderer.info({ ...request(), event_type: name, fields });
      return line;
    },
    logger,
  };
}

export function itemFields(item: JournalItem): ItemFields {
  const { signal, name, time, content } = item;
  return { signal, event_type: name, recorded_at: time, content };
}

/**
 * The app may log anything, a request's body too. A line of its own with `telemetry` at the top
 * would read as one of ours, so the key becomes `app_telemetry`. Looks at the text: a child logger
 * can replace every formatter.
 */
function withoutMark(line: string): string | null {
  if (!line.includes(TELEMETRY_MARK)) return line;
  try {
    const parsed = JSON.parse(line) as Record<string, unknown>;
    if (!Object.hasOwn(parsed, "telemetry")) return line;
    const { telemetry, ...rest } = parsed;
    return `${JSON.stringify({ ...rest, app_telemetry: telemetry })}\n`;
  } catch {
    return null;
  }
}

export interface ParsedLine {
  /** Milliseconds since the epoch. */
  time: number;
  requestId: string | undefined;
  telemetry: { what: string } & Record<string, unknown>;
}

/** @returns null for a line of the app's own; `damaged` for one that is cut off or no JSON */
export function parseTelemetryLine(text: string): ParsedLine | "damaged" | null {
  if (!text.includes(TELEMETRY_MARK)) return null;
  let line: Record<string, unknown>;
  try {
    line = JSON.parse(text);
  } catch {
    return "damaged";
  }
  const { telemetry, time, request_id: id } = line ?? {};
  if (typeof telemetry !== "object" || telemetry === null) return null;
  const what = "what" in telemetry ? telemetry.what : undefined;
  if (typeof what !== "string" || !KINDS.has(what) || typeof time !== "number") return null;
  return {
    time,
    requestId: typeof id === "string" ? id : undefined,
    telemetry: telemetry as ParsedLine["telemetry"],
  };
}
