import type { Logger } from "pino";
import type { Store } from "../store/client.ts";

/** The questions of the meter on their way into the store. */
export interface Combinations {
  /** Notes that an asker has a combination; both in lower-case hexadecimal. */
  note(app: string, combination: string, asker: string): void;
  /** Brings what was noted into the store. Never rejects. */
  flush(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

interface CombinationsDeps {
  store: Pick<Store, "insertNative">;
  log: Pick<Logger, "warn">;
  /** @default 5 s */
  flushEveryMs?: number;
  /** Questions that are held; more are answered and not counted. @default 50,000 */
  most?: number;
  now?: () => number;
}

const STRUCTURE = "app String, day Date, combination String, asker UInt64";
const INSERT = `INSERT INTO combinations (app, day, combination, askers)
SELECT app, day, unhex(combination), groupUniqArrayState(100)(asker)
FROM input('${STRUCTURE}') GROUP BY app, day, combination FORMAT JSONEachRow`;

/**
 * Gathers questions and writes them together. What is lost with the process or with a store that is
 * away makes a count too small, and too small means that an install says less about itself.
 */
export function createCombinations(deps: CombinationsDeps): Combinations {
  const { store, log } = deps;
  const most = deps.most ?? 50_000;
  const now = deps.now ?? Date.now;
  let noted = new Set<string>();
  let flushing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  async function write(): Promise<void> {
    if (noted.size === 0) return;
    const lines = noted;
    noted = new Set();
    const body = Buffer.from([...lines].join("\n"));
    const outcome = await store.insertNative(INSERT, body, { settings: { async_insert: 0 } });
    if (!outcome.ok) {
      log.warn({ questions: lines.size }, "meter: questions were not counted; the store is away");
    }
  }

  function flush(): Promise<void> {
    flushing = flushing.then(write).catch((err) => log.warn({ err }, "meter: flush failed"));
    return flushing;
  }

  return {
    note(app, combination, asker) {
      if (noted.size >= most) return;
      const day = new Date(now()).toISOString().slice(0, 10);
      // Eight bytes tell a hundred askers apart; the same question twice is one line.
      const number = BigInt(`0x${asker.slice(0, 16)}`).toString();
      noted.add(JSON.stringify({ app, day, combination, asker: number }));
    },
    flush,
    start() {
      timer ??= setInterval(flush, deps.flushEveryMs ?? 5_000).unref();
    },
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}
