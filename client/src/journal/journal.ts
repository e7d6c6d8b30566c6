/**
 * The transparency log, `<directory>/app.jsonl`: one JSON object a line, `time` in ms since the
 * epoch. A line with the key `telemetry` says what became of telemetry; all others are the app's
 * own. Nothing of the app's can have that key at its top level, so this shows all that is sent:
 *
 *     tail -f logs/app.jsonl | jq -c 'select(.telemetry.what == "sending") | .telemetry'
 *
 * One line of each kind:
 *
 * `sending`: about to leave, every field as on the wire. `n` is its place in the batch.
 * ```json
 * {"level":30,"time":1769860800000,"pid":812,"request_id":"5f0c…","telemetry":{"what":"sending","sink":"maintainer","to":"https://telemetry.example.org","batch":"0b0e…","n":0,"signal":"event","event_type":"timer.started","recorded_at":1769860795000,"content":{"install_id":"5e0c…","project_id":4}}}
 * ```
 * `outcome`: how that batch ended: `delivered`, `delivered_in_part`, `waiting` (will be tried again),
 * `refused`, `unknown` (cancelled while it was under way) or `not_sent`.
 * ```json
 * {"level":30,"time":1769860800200,"pid":812,"telemetry":{"what":"outcome","sink":"maintainer","batch":"0b0e…","result":"delivered","reason":"","rejected":0}}
 * ```
 * `held`: recorded and kept here, in Local only.
 * ```json
 * {"level":30,"time":1769860800000,"pid":812,"telemetry":{"what":"held","signal":"event","event_type":"timer.started","recorded_at":1769860800000,"content":{"project_id":4}}}
 * ```
 * `withheld`: so many records will never be sent, and why.
 * ```json
 * {"level":30,"time":1769860800000,"pid":812,"telemetry":{"what":"withheld","reason":"opt_out","records":3,"sink":"maintainer"}}
 * ```
 * `refused`: what enforcement dropped, by name; `field` is "" for a whole event. Once a minute each.
 * ```json
 * {"level":30,"time":1769860800000,"pid":812,"telemetry":{"what":"refused","event_type":"timer.started","field":"note","reason":"unknown_property","count":1}}
 * ```
 * `left_out`: lines that are missing here: the disk was too slow (`buffer`), a day's bound for what
 * is not sent was reached (`day_cap`, `lines` 0 at its beginning) or too many names (`names`).
 * ```json
 * {"level":30,"time":1769860800000,"pid":812,"telemetry":{"what":"left_out","reason":"buffer","of":"app","lines":120}}
 * ```
 * An event of the app's own (`logEvent`), and a line of its own log:
 * ```json
 * {"level":30,"time":1769860800000,"pid":812,"request_id":"5f0c…","event_type":"project.created","fields":{"project_id":4}}
 * {"level":30,"time":1769860800000,"pid":812,"request_id":"5f0c…","msg":"listening"}
 * ```
 * A new day, or a file that is full, makes it `app-2026-01-31.jsonl`, `app-2026-01-31.1.jsonl`, … by
 * the local day of its first line. They are removed after 30 days.
 */
import type { Logger as PinoLogger } from "pino";
import { withinGrace } from "../delivery/grace.ts";
import type { SendResult } from "../delivery/transport.ts";
import type { SinkName } from "../delivery/types.ts";
import type { Logger } from "../log.ts";
import { createAppendLog } from "./append-log.ts";
import { createDayCap } from "./day-cap.ts";
import { createLines, itemFields, type OutcomeResult } from "./lines.ts";
import { purgeTelemetry } from "./purge.ts";
import { readSentEntries, readUnsentEntries } from "./read.ts";
import type { ReadBackwards } from "./read-backwards.ts";
import { createRefusals } from "./refusals.ts";
import { currentRequestId } from "./request-context.ts";
import type { Journal, ReadOptions } from "./types.ts";

export interface JournalOptions {
  /** Where `app.jsonl` is; made when absent, for its owner alone. */
  directory: string;
  /** Told when the log cannot be written, and when it can again. */
  log: Logger;
  /** Where a sink sends to, as scheme and host: it stands in each `sending` line. */
  addressOf?: ((sink: SinkName | "sentry") => string) | undefined;
  /** Milliseconds since the epoch; default the clock. */
  now?: (() => number) | undefined;
  /** Default 30. */
  keepDays?: number | undefined;
  /** Of one file, default 32 MiB. */
  maxFileBytes?: number | undefined;
  /** Of what waits for the disk, default 4 MiB. */
  maxBufferBytes?: number | undefined;
  /** Of `held`, `withheld` and `refused` lines that this process writes in a day, default 64 MiB. */
  maxUnsentBytesPerDay?: number | undefined;
  /** What one reading looks at, at most; default 128 MiB. */
  maxReadBytes?: number | undefined;
}

export interface FileJournal extends Journal {
  /** A pino logger into the same file, for the app's own request log. */
  logger: PinoLogger;
}

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
/** A collector's words in a reply can be long. */
const MAX_REASON = 500;

/**
 * Opens the transparency log. Never throws: what keeps it from being written is `problem()`, as the
 * system's code, and is tried again. Makes no file before there is a line.
 *
 * @example
 * const journal = createJournal({ directory: "/var/lib/timetracker/logs", log });
 * if (await journal.sending("maintainer", batch, items)) {
 *   journal.outcome("maintainer", batch, await transport.send(body));
 * }
 */
export function createJournal(options: JournalOptions): FileJournal {
  const { directory, log, now = Date.now, keepDays = 30 } = options;
  let problem: string | null = null;
  let purgeProblem: string | null = null;
  let closed = false;

  const lines = createLines(now, (line) => file.append(line, "app"));
  const file = createAppendLog({
    directory,
    keepDays,
    now,
    maxFileBytes: options.maxFileBytes ?? 32 * MIB,
    maxBufferBytes: options.maxBufferBytes ?? 4 * MIB,
    onProblem: tell,
    leftOut: (lost) =>
      Object.entries(lost)
        .filter(([, count]) => count > 0)
        .map(([of, count]) => leftOut("buffer", of, count))
        .join(""),
  });
  const cap = createDayCap({
    maxBytes: options.maxUnsentBytesPerDay ?? 64 * MIB,
    now,
    leftOut: (count) => file.append(leftOut("day_cap", "unsent", count), "telemetry"),
  });
  const refusals = createRefusals(
    now,
    // Without a request's id: the line may stand for the refusals of many.
    ({ event, field, reason }, count) =>
      unsent(() => lines.telemetry({ what: "refused", event_type: event, field, reason, count })),
    (count) => unsent(() => leftOut("names", "refused", count)),
  );

  function tell(code: string | null): void {
    problem = code;
    if (code === null) log.info({}, "the transparency log is written again");
    else log.error({ code }, "the transparency log cannot be written, so nothing is sent");
  }

  function leftOut(reason: "buffer" | "day_cap" | "names", of: string, count: number): string {
    return lines.telemetry({ what: "left_out", reason, of, lines: count });
  }

  /** A line about what stays here; these together are bounded by day. */
  function unsent(make: () => string): void {
    guarded(() => {
      const line = make();
      if (cap.admits(Buffer.byteLength(line))) file.append(line, "telemetry");
    });
  }

  /** An object that cannot be read (a getter that throws) costs its line and nothing else. */
  function guarded(work: () => void): void {
    try {
      work();
    } catch {
      log.warn({}, "a line could not be written to the transparency log");
    }
  }

  const sending: Journal["sending"] = async (sink, batch, items) => {
    if (closed) return false;
    if (items.length === 0) return true;
    let text = "";
    try {
      const to = options.addressOf?.(sink) ?? "";
      text = items
        .map((item, n) =>
          lines.telemetry(
            { what: "sending", sink, to, batch, n, ...itemFields(item) },
            item.requestId,
          ),
        )
        .join("");
    } catch {
      log.warn({}, "a record could not be written to the transparency log, so it is not sent");
      return false;
    }
    const end = await file.appendNow(text);
    if (end === "in_part") outcomeLine(sink, batch, "not_sent", "", 0);
    return end === "written";
  };

  function outcomeLine(
    sink: Parameters<Journal["sending"]>[0],
    batch: string,
    result: OutcomeResult,
    reason: string,
    rejected: number,
  ): void {
    const short = reason.slice(0, MAX_REASON);
    const line = { what: "outcome" as const, sink, batch, result, reason: short, rejected };
    file.append(lines.telemetry(line), "telemetry");
  }

  function reading(read: ReadOptions): ReadBackwards {
    return {
      directory,
      since: now() - (read.days ?? 30) * DAY_MS,
      maxBytes: options.maxReadBytes ?? 128 * MIB,
      onCut: read.onCut ?? (() => {}),
    };
  }

  async function flush(): Promise<void> {
    refusals.flush();
    await file.flush();
  }

  return {
    logger: lines.logger,
    sending,
    outcome: (sink, batch, result) => {
      const { kind, reason, rejected } = judged(result);
      guarded(() => outcomeLine(sink, batch, kind, reason, rejected));
    },
    held: (item) =>
      unsent(() =>
        lines.telemetry(
          { what: "held", ...itemFields(item) },
          item.requestId ?? currentRequestId(),
        ),
      ),
    withheld: (reason, records, sink) =>
      unsent(() => lines.telemetry({ what: "withheld", reason, records, sink: sink ?? "" })),
    refused: (what) => guarded(() => refusals.count(what)),
    event: (name, fields) => guarded(() => file.append(lines.event(name, fields), "app")),
    readSent: async (read = {}) => {
      await flush();
      return readSentEntries(reading(read), read.limit ?? 200).catch(() => []);
    },
    readUnsent: async (read = {}) => {
      await flush();
      return readUnsentEntries(reading(read), read.limit ?? 200).catch(() => []);
    },
    purge: async () => {
      refusals.forget();
      await file.flush();
      try {
        await purgeTelemetry(directory, lines);
        purgeProblem = null;
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? "unknown";
        // Where there is no directory there is nothing to remove.
        purgeProblem = code === "ENOENT" ? null : `purge: ${code}`;
        if (purgeProblem !== null) log.error({ code }, "the transparency log cannot be purged");
      }
    },
    flush,
    close: async () => {
      closed = true;
      refusals.flush();
      refusals.forget();
      cap.close();
      // At once: nobody waits for a disk that hangs.
      await withinGrace(file.close(), AbortSignal.abort());
    },
    problem: () => problem ?? purgeProblem,
  };
}

function judged(result: SendResult): { kind: OutcomeResult; reason: string; rejected: number } {
  if (result.kind === "success") {
    const { rejected, message } = result;
    return { kind: rejected > 0 ? "delivered_in_part" : "delivered", reason: message, rejected };
  }
  if (result.kind === "retryable") return { kind: "waiting", reason: result.reason, rejected: 0 };
  // Stopped while it was under way: nobody knows whether it arrived.
  const kind = result.reason === "cancelled" ? "unknown" : "refused";
  return { kind, reason: result.reason, rejected: 0 };
}
