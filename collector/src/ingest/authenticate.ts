import { hash } from "node:crypto";

export interface TokenEntry {
  app: string;
  token: string;
  /** May send records older than 21 days. */
  backfill: boolean;
}

/** Who sends, as far as the collector wants to know it. */
export interface Sender {
  readonly app: string;
  readonly backfill: boolean;
}

export interface TokenBook {
  /** The sender behind an `Authorization` header, or why there is none. */
  lookup(authorization: string | undefined): Sender | "missing" | "unknown";
}

/** Longer ones are not tokens; hashing them would be work for nothing. */
const MAX_HEADER = 4_096;
const CREDENTIALS = /^(bearer|basic) +(\S+) *$/i;

const digest = (token: string) => hash("sha256", token, "base64");

/**
 * What may be the token in a header. Basic carries `base64(instance:token)`, or an opaque blob that
 * is the token itself and may or may not happen to be base64.
 */
function candidates(scheme: string, credentials: string): string[] {
  if (scheme.toLowerCase() === "bearer") return [credentials];
  const pair = Buffer.from(credentials, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  return colon === -1 ? [credentials] : [credentials, pair.slice(colon + 1)];
}

/**
 * The ingest tokens. Only their SHA-256 is held, and a token is looked up by it: how long that
 * takes depends on the hash, which whoever guesses cannot steer, and not on the token.
 *
 * @throws Error when one token stands for two apps, or with and without the right to backfill
 * @example
 * createTokenBook([{ app: "timetracker", token: "s3cret", backfill: false }])
 *   .lookup("Bearer s3cret"); // { app: "timetracker", backfill: false }
 */
export function createTokenBook(entries: readonly TokenEntry[]): TokenBook {
  const senders = new Map<string, Sender>();
  for (const { app, token, backfill } of entries) {
    const digested = digest(token);
    const other = senders.get(digested);
    if (other && (other.app !== app || other.backfill !== backfill)) {
      throw new Error(`ingest tokens: one token stands for both ${other.app} and ${app}`);
    }
    senders.set(digested, Object.freeze({ app, backfill }));
  }

  return {
    lookup(authorization) {
      if (authorization === undefined || authorization.trim() === "") return "missing";
      if (authorization.length > MAX_HEADER) return "unknown";
      const parts = CREDENTIALS.exec(authorization.trim());
      if (!parts) return "unknown";
      for (const token of candidates(parts[1] as string, parts[2] as string)) {
        const sender = senders.get(digest(token));
        if (sender) return sender;
      }
      return "unknown";
    },
  };
}
