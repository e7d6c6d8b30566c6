/** Whose collector: the maintainer's, or one that the self-hoster added. */
export type SinkName = "maintainer" | "own";

/** Where records go, checked before anything is made that could connect. */
export interface Destination {
  name: SinkName;
  /** Base address without `/v1/…`, such as `https://telemetry.example.org/otlp`. */
  base: URL;
  /** Empty for a collector without authentication. */
  token: string;
  /** Who said so. The environment never overrides what is embedded. */
  source: "embedded" | "options" | "environment";
  /** The variable that named it, for `environment`. */
  variable?: string;
}

/** How the last request ended. */
export interface LastResult {
  /** ISO 8601. */
  at: string;
  kind: "success" | "retryable" | "failure";
  /** Empty for a success without refusals. */
  reason: string;
  records: number;
  /** Of the request's body as sent. */
  bytes: number;
}

/** What became of one destination so far, for the page and for a health check. */
export interface SinkState {
  name: SinkName;
  /** Scheme, host and port. */
  destination: string;
  source: Destination["source"];
  variable: string | null;
  /** Waiting in memory and on disk. Bytes are of the disk; `dropped` counts what a full queue pushed out. */
  queue: { records: number; bytes: number; dropped: number };
  /** Records since start: stored, refused one by one, and lost with a refused request. */
  sent: number;
  rejected: number;
  givenUp: number;
  last: LastResult | null;
  base: {
    /** ISO 8601; null when not yet. */
    firstSeenSentAt: string | null;
    lastHeartbeatSentAt: string | null;
    /** Body of the last accepted heartbeat as sent; null before one in this process. */
    lastHeartbeatBytes: number | null;
    /** Null while the base layer is off. */
    nextHeartbeatAt: string | null;
  };
}
