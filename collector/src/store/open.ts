import type { Logger } from "pino";
import type { Catalogues } from "../catalogues.ts";
import { type Store, StoreUnreachable } from "./client.ts";
import { learnedNames } from "./learned.ts";
import { migrate } from "./migrate.ts";

const RETRY_MS = 2_000;

export type StoreState = "opening" | "ready";

interface OpenOptions {
  store: Store;
  apps: () => string[];
  /** Reads the settings, which name apps and catalogues. */
  settings: { load(): Promise<void> };
  catalogues: Catalogues;
  /** Called once, when every table is there. */
  onReady: () => void;
  log: Logger;
}

/**
 * Brings the store to this version's schema. A store that does not answer is
 * tried again and again: meanwhile requests are acknowledged into the spool.
 *
 * @returns `firstTry` rejects where the store answers and refuses, such as a database of a newer version.
 */
export function openStore({ store, apps, settings, catalogues, onReady, log }: OpenOptions) {
  let state: StoreState = "opening";
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let trying: Promise<void> = Promise.resolve();

  async function attempt(): Promise<void> {
    await migrate(store);
    await settings.load();
    for (const app of apps()) {
      if (catalogues.table(app).mode === "learning") {
        catalogues.teach(app, await learnedNames(store, app));
      }
    }
    if (stopped) return;
    state = "ready";
    onReady();
  }

  function again(error: unknown): void {
    log.warn({ err: error }, "the store does not answer yet; the spool keeps what is acknowledged");
    if (stopped) return;
    timer = setTimeout(() => {
      trying = attempt().catch(again);
    }, RETRY_MS);
  }

  const firstTry = attempt().catch((error) => {
    if (!(error instanceof StoreUnreachable)) throw error;
    again(error);
  });

  return {
    firstTry,
    state: (): StoreState => state,
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await trying;
    },
  };
}
