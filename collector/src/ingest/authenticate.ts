import { hash } from "node:crypto";
import type { Settings } from "../settings/types.ts";
import type { TokenUses } from "../settings/uses.ts";

export interface TokenEntry {
  app: string;
  token: string;
  /** May send records older than 21 days. */
  backfill: boolean;
  /** May send traces, metrics and logs that say no install, as stock SDKs do. */
  unattributed: boolean;
}

/** Who sends, as far as the collector wants to know it. */
export interface Sender {
  readonly app: string;
  readonly backfill: boolean;
  readonly unattributed: boolean;
  /** Its own rate; null: the configuration's. */
  readonly recordsPerSecond: number | null;
  /** The token's id in the settings, or one made of its hash. */
  readonly token: string;
}

export interface TokenBook {
  /** The sender behind an `Authorization` header, or why there is none. */
  lookup(authorization: string | undefined): Sender | "missing" | "unknown";
}

/** Tokens that are made and revoked while the collector runs. */
interface MadeTokens {
  settings: Pick<Settings, "list" | "onChange">;
  uses: Pick<TokenUses, "note">;
  /** Unix milliseconds. */
  now?: () => number;
}

interface Known {
  sender: Sender;
  /** Unix milliseconds from which on it opens nothing. */
  until: number;
}

/** Longer ones are not tokens; hashing them would be work for nothing. */
const MAX_HEADER = 4_096;
const CREDENTIALS = /^(bearer|basic) +(\S+) *$/i;

const digest = (token: string) => hash("sha256", token, "base64url");

/** Names a token of the environment or of `secrets.json`, which has no id. */
export const idOfFixedToken = (token: string): string => `fixed-${digest(token).slice(0, 16)}`;

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
 * @param entries tokens that hold as long as the process runs
 * @param made those of the settings, followed at once
 * @throws Error when one token stands for two apps, or with and without the right to backfill
 * @example
 * createTokenBook([{ app: "timetracker", token: "s3cret", backfill: false, unattributed: false }])
 *   .lookup("Bearer s3cret"); // { app: "timetracker", backfill: false, … }
 */
export function createTokenBook(entries: readonly TokenEntry[], made?: MadeTokens): TokenBook {
  const fixed = new Map<string, Known>();
  for (const { app, token, backfill, unattributed } of entries) {
    const digested = digest(token);
    const other = fixed.get(digested)?.sender;
    if (other && (other.app !== app || other.backfill !== backfill)) {
      throw new Error(`ingest tokens: one token stands for both ${other.app} and ${app}`);
    }
    const id = idOfFixedToken(token);
    const sender = Object.freeze({
      ...{ app, token: id, recordsPerSecond: null },
      ...{ backfill, unattributed },
    });
    fixed.set(digested, { sender, until: Number.POSITIVE_INFINITY });
  }

  let known: ReadonlyMap<string, Known> = fixed;
  const now = made?.now ?? Date.now;
  const follow = () => {
    if (made) known = new Map([...madeTokens(made), ...fixed]);
  };
  made?.settings.onChange((kind) => {
    if (kind === "ingest_token") follow();
  });
  follow();

  return {
    lookup(authorization) {
      if (authorization === undefined || authorization.trim() === "") return "missing";
      if (authorization.length > MAX_HEADER) return "unknown";
      const parts = CREDENTIALS.exec(authorization.trim());
      if (!parts) return "unknown";
      for (const token of candidates(parts[1] as string, parts[2] as string)) {
        const found = known.get(digest(token));
        if (found === undefined || found.until <= now()) continue;
        made?.uses.note(found.sender.token);
        return found.sender;
      }
      return "unknown";
    },
  };
}

function madeTokens({ settings }: MadeTokens): [string, Known][] {
  return settings.list("ingest_token").map(({ key, value }) => {
    const { app, backfill, unattributed, recordsPerSecond, revokedAt } = value;
    const until = revokedAt === null ? Number.POSITIVE_INFINITY : Date.parse(revokedAt);
    const sender = Object.freeze({
      ...{ app, token: key, recordsPerSecond },
      ...{ backfill, unattributed },
    });
    return [value.hash, { sender, until }];
  });
}
