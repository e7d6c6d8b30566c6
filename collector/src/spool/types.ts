import type {
  DropReason,
  EnforcedLog,
  EnforcedMetric,
  EnforcedRecord,
  EnforcedResource,
  EnforcedScope,
  EnforcedSpan,
  RefusalReason,
} from "@rollcall/schemas";

/** What the collector adds to an enforced record before it becomes a row. Times are Unix milliseconds. */
export interface Stamp {
  app: string;
  /** The id of the token by which the record came. */
  token: string;
  /** The time that is stored: the sender's, or the received time where the sender's was out of bounds. */
  timeMs: number;
  receivedMs: number;
  /** True where the sender's time was replaced by the received time. */
  timeClamped: boolean;
  /** The sender's own time, unclamped: with the uid it finds a retry of the same record. */
  senderMs: number;
  /** The day that counts for admission: the received day, or the record's own for a backfill token. */
  admissionMs: number;
  /** Keyed hash of app, install and identity; 0n where the record names no user. */
  user: bigint;
}

/** What the collector adds to a plain log before it becomes a row. */
export interface LogStamp {
  app: string;
  /** Nanoseconds since 1970 as two unsigned 32-bit halves. */
  time: { low: number; high: number };
  /** OpenTelemetry's own, or "". */
  resourceSchemaUrl: string;
  scopeSchemaUrl: string;
}

/** One row of `exceptions`; texts are "" where unknown. */
export interface ExceptionRow {
  app: string;
  /** "": nobody's. */
  installId: string;
  /** Unix milliseconds. */
  timeMs: number;
  receivedMs: number;
  appVersion: string;
  source: "span" | "log" | "event";
  service: string;
  /** The name of a class. */
  type: string;
  /** One that the catalogue lists. */
  message: string;
  /** Reduced: for each frame function, module and line. */
  stack: string;
  traceId: string;
  spanId: string;
}

/** What the collector adds to an enforced span before it becomes a row. */
export interface SpanStamp {
  app: string;
  /** Nanoseconds since 1970 as two unsigned 32-bit halves. */
  start: { low: number; high: number };
  duration: { low: number; high: number };
  /** Of each event the low and the high half of its time. */
  eventTimes: Uint32Array;
}

/** What the collector adds to an enforced data point before it becomes a row. */
export interface PointStamp {
  app: string;
  /** Unix milliseconds, of which the tables keep whole seconds. */
  timeMs: number;
  /** 0 where unknown. */
  startMs: number;
  /** OpenTelemetry's own, or "". */
  resourceSchemaUrl: string;
  scopeSchemaUrl: string;
  /** How many attributes the scope had: none of them is kept. */
  scopeAttributes: number;
}

/** One count for the refusals table; names are countable names, never values. */
export interface RefusalCount {
  app: string;
  outcome: "dropped" | "refused";
  reason: DropReason | RefusalReason;
  event: string;
  field: string;
  appVersion: string;
  receivedMs: number;
  count: number;
}

/**
 * The rows that the next commit writes. All calls between `Spool.open()` and `Spool.commit()` are
 * synchronous, so requests never interleave in it.
 */
export interface Batch {
  /** A request begins: `rewind` takes away every row appended since. */
  mark(): void;
  rewind(): void;
  appendEvent(record: EnforcedRecord, stamp: Stamp): void;
  appendHeartbeat(record: EnforcedRecord, stamp: Stamp): void;
  appendSpan(
    span: EnforcedSpan,
    resource: EnforcedResource,
    scope: EnforcedScope,
    stamp: SpanStamp,
  ): void;
  appendLog(
    log: EnforcedLog,
    resource: EnforcedResource,
    scope: EnforcedScope,
    stamp: LogStamp,
  ): void;
  appendException(row: ExceptionRow): void;
  appendPoint(
    point: EnforcedMetric,
    resource: EnforcedResource,
    scope: EnforcedScope,
    stamp: PointStamp,
  ): void;
  /** Only once the whole request is known to be good: counts are not rewound. */
  countRefusal(refusal: RefusalCount): void;
}

export interface SpoolState {
  bytes: number;
  segments: number;
  oldestAgeSeconds: number;
  accepting: boolean;
  /** Why it does not accept, in words for the sender; "" while it does. */
  reason: string;
}

/** The durable queue between the acknowledgement and the store. */
export interface Spool {
  /** The batch of the next commit; null while the spool is full, failing or draining (answer 503). */
  open(): Batch | null;
  /** Resolves once every row appended so far is on disk ("committed") or certain not to be ("failed"). */
  commit(batch: Batch): Promise<"committed" | "failed">;
  state(): SpoolState;
  /** Refuses new batches, commits those in flight, seals the open segment. */
  drain(): Promise<void>;
}
