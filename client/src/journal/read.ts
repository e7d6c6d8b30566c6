import type { OutcomeResult, ParsedLine, TelemetryLine } from "./lines.ts";
import { type ReadBackwards, readBackwards } from "./read-backwards.ts";
import type { JournalItem, SentEntry, UnsentEntry } from "./types.ts";

/** Batches whose outcome is remembered until their `sending` lines come, which are older. */
const MAX_OUTCOMES = 50_000;

/** What was sent, newest first, each with how its batch ended. */
export async function readSentEntries(from: ReadBackwards, limit: number): Promise<SentEntry[]> {
  const entries: SentEntry[] = [];
  const outcomes = new Map<string, { result: OutcomeResult; reason: string }>();
  /** A batch that was tried again after a restart stands in the log twice. */
  const seen = new Set<string>();
  if (limit <= 0) return entries;
  for await (const lines of readBackwards(from)) {
    for (const line of lines) {
      const { telemetry } = line;
      const batch = `${telemetry.sink} ${telemetry.batch}`;
      if (telemetry.what === "outcome" && !outcomes.has(batch)) {
        const { result, reason } = telemetry as Extract<TelemetryLine, { what: "outcome" }>;
        outcomes.set(batch, { result, reason });
        if (outcomes.size > MAX_OUTCOMES) {
          for (const oldest of outcomes.keys()) {
            outcomes.delete(oldest);
            break;
          }
        }
      }
      const item = telemetry.what === "sending" ? itemOf(line) : null;
      if (item === null || seen.has(`${batch} ${telemetry.n}`)) continue;
      const { result, reason } = outcomes.get(batch) ?? { result: "unknown" as const, reason: "" };
      if (result === "not_sent") continue;
      seen.add(`${batch} ${telemetry.n}`);
      entries.push({
        ...item,
        sink: String(telemetry.sink),
        to: String(telemetry.to ?? ""),
        batch: String(telemetry.batch),
        at: iso(line.time),
        result,
        reason: String(reason ?? ""),
      });
      if (entries.length >= limit) return entries;
    }
  }
  return entries;
}

/** What was held, withheld or refused, newest first. */
export async function readUnsentEntries(
  from: ReadBackwards,
  limit: number,
): Promise<UnsentEntry[]> {
  const entries: UnsentEntry[] = [];
  if (limit <= 0) return entries;
  for await (const lines of readBackwards(from)) {
    for (const line of lines) {
      const entry = unsentOf(line);
      if (entry !== null) entries.push(entry);
      if (entries.length >= limit) return entries;
    }
  }
  return entries;
}

function unsentOf(line: ParsedLine): UnsentEntry | null {
  const at = iso(line.time);
  const telemetry = line.telemetry as TelemetryLine;
  if (telemetry.what === "held") {
    const item = itemOf(line);
    return item === null ? null : { kind: "held", at, ...item };
  }
  if (telemetry.what === "withheld") {
    const { reason, records, sink } = telemetry;
    return { kind: "withheld", at, reason, records: Number(records) || 0, sink: String(sink) };
  }
  if (telemetry.what === "refused") {
    const { event_type: event, field, reason, count } = telemetry;
    const names = { event: String(event), field: String(field), reason: String(reason) };
    return { kind: "refused", at, ...names, count: Number(count) || 0 };
  }
  return null;
}

function itemOf(line: ParsedLine): JournalItem | null {
  const { signal, event_type: name, recorded_at: time, content } = line.telemetry;
  if (typeof name !== "string" || typeof time !== "number") return null;
  if (typeof content !== "object" || content === null) return null;
  return {
    signal: signal as JournalItem["signal"],
    name,
    time,
    content: content as JournalItem["content"],
    ...(line.requestId === undefined ? {} : { requestId: line.requestId }),
  };
}

/** A line that somebody wrote by hand can hold a time that is none. */
function iso(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
