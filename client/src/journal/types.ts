import type { SendResult } from "../delivery/transport.ts";
import type { SinkName } from "../delivery/types.ts";

/** What kind of thing left, or would have left, the process. */
export type Signal =
  | "base"
  | "event"
  | "span"
  | "metric"
  | "error"
  | "meter"
  | "my-data"
  /** A request without records, to see whether a destination answers. */
  | "test";

/** One thing that can leave the process, exactly as it goes on the wire. */
export interface JournalItem {
  signal: Signal;
  /** Event name, span name, metric name, `sentry event`, … */
  name: string;
  /** Milliseconds since the epoch. */
  time: number;
  /** Every field that is sent, by wire name. */
  content: Readonly<Record<string, unknown>>;
  /** Of the request in which it was recorded. Stays in the log, never sent. */
  requestId?: string | undefined;
}

/** Why records that were recorded never left, or left nothing behind. */
export type WithheldReason =
  /** Local only: recorded here, never sent. */
  | "local_only"
  /** Detailed telemetry was switched off while they waited. */
  | "opt_out"
  /** The queue was full; the oldest go first. */
  | "queue_full"
  /** The collector refused the request they were in. */
  | "request_refused"
  /** They waited for a destination that is configured no more. */
  | "destination_gone"
  /** A damaged queue file. */
  | "damaged";

/**
 * The transparency log: `logs/app.jsonl`, one JSON object a line. Nothing leaves the process that
 * does not stand in it first. Also where the app's own structured events go.
 */
export interface Journal {
  /**
   * Writes down what is about to leave. Resolves true once the lines are in the file; false when
   * they could not be written: then the caller must not send.
   *
   * @param batch an id shared with `outcome`
   */
  sending(
    sink: SinkName | "sentry",
    batch: string,
    items: readonly JournalItem[],
  ): Promise<boolean>;
  /** How the sending of that batch ended, or that it will be tried again. */
  outcome(sink: SinkName | "sentry", batch: string, result: SendResult): void;
  /** Recorded and not sent, whole, for `local_only`. */
  held(item: JournalItem): void;
  /** Records that will never be sent, as a count. */
  withheld(reason: WithheldReason, records: number, sink?: SinkName): void;
  /** What enforcement refused or dropped: names only, never a value. `field` is "" for a whole event. */
  refused(what: { event: string; field: string; reason: string }): void;
  /** The app's own structured event. Stays in the file. */
  event(name: string, fields: Readonly<Record<string, unknown>>): void;
  /** What was sent, newest first. Reads the rotated files too. */
  readSent(options?: ReadOptions): Promise<SentEntry[]>;
  /** What was held, withheld or refused, newest first. */
  readUnsent(options?: ReadOptions): Promise<UnsentEntry[]>;
  /** Removes every line about telemetry; the app's own lines stay. For erasure. */
  purge(): Promise<void>;
  /** Resolves when everything so far is in the file. */
  flush(): Promise<void>;
  close(): Promise<void>;
  /** Why nothing can be written; null while all is well. */
  problem(): string | null;
}

/** How much of the transparency log is read. */
export interface ReadOptions {
  /** Default 200. */
  limit?: number;
  /** Default 30. */
  days?: number;
  /** Called when the log was too long to be read to its beginning, with how many bytes were read. */
  onCut?: ((bytes: number) => void) | undefined;
}

/** One thing that left the process. */
export interface SentEntry extends JournalItem {
  sink: string;
  /** Scheme and host that it went to. */
  to: string;
  batch: string;
  /** ISO 8601: when it was about to leave. */
  at: string;
  /** `unknown`: the process ended before an answer came. */
  result: "delivered" | "delivered_in_part" | "waiting" | "refused" | "unknown";
  /** The collector's words or the fault; "" where there are none. */
  reason: string;
}

/** One thing that did not. */
export type UnsentEntry =
  | ({ kind: "held"; at: string } & JournalItem)
  | { kind: "withheld"; at: string; reason: WithheldReason; records: number; sink: string }
  | { kind: "refused"; at: string; event: string; field: string; reason: string; count: number };
