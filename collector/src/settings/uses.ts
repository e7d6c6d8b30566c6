import type { SpoolLog } from "../spool/options.ts";
import type { Store } from "../store/client.ts";

/** When each token was last used: noted in memory, written to the store now and then. */
export interface TokenUses {
  /** @param token the token's id in the settings */
  note(token: string): void;
  last(token: string): Date | null;
  /** Reads what was written before; from then on writes what is new. Throws what the store throws. */
  load(): Promise<void>;
  stop(): Promise<void>;
}

interface UsesDeps {
  store: Store;
  log: SpoolLog;
  now?: () => number;
  /** @default 60 s */
  writeEveryMs?: number;
}

export function createTokenUses(deps: UsesDeps): TokenUses {
  const { store, log, now = Date.now, writeEveryMs = 60_000 } = deps;
  const uses = new Map<string, number>();
  const unwritten = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  async function write(): Promise<void> {
    const tokens = [...unwritten];
    if (tokens.length === 0) return;
    unwritten.clear();
    const times = tokens.map((token) => uses.get(token) ?? 0);
    try {
      await store.command(
        `INSERT INTO token_uses
         SELECT token, fromUnixTimestamp64Milli(used, 'UTC')
         FROM (SELECT arrayJoin(arrayZip({tokens:Array(String)}, {times:Array(Int64)})) AS use, use.1 AS token, use.2 AS used)`,
        { params: { tokens, times } },
      );
    } catch (error) {
      for (const token of tokens) unwritten.add(token);
      log.warn(
        { err: error },
        "when tokens were last used could not be written; tried again later",
      );
    }
  }

  return {
    note(token) {
      uses.set(token, now());
      unwritten.add(token);
    },
    last(token) {
      const used = uses.get(token);
      return used === undefined ? null : new Date(used);
    },
    async load() {
      const rows = await store.query<{ token: string; used: number }>(
        "SELECT token, toUnixTimestamp64Milli(max(used_at)) AS used FROM token_uses GROUP BY token",
      );
      for (const { token, used } of rows) uses.set(token, Math.max(used, uses.get(token) ?? 0));
      timer ??= setInterval(() => void write(), writeEveryMs).unref();
    },
    async stop() {
      clearInterval(timer);
      await write();
    },
  };
}
