import { createHmac } from "node:crypto";
import type { Histogram } from "prom-client";
import { createAsks } from "../read/ask.ts";
import { appSettings } from "../settings/app-settings.ts";
import type { Settings } from "../settings/types.ts";
import type { Store } from "../store/client.ts";
import { storeSecret } from "../store/store-secret.ts";
import { createArchive } from "./archive.ts";
import { createPublisher, type Publisher } from "./publish.ts";
import type { PublishedReader } from "./reader.ts";

/** One query at a time, beside everything else; a million installs take seconds a day. */
const BOUNDS = { atOnce: 1, waiting: 16, waitMs: 600_000, seconds: 60 };

interface PublishedDeps
  extends Pick<
    Parameters<typeof createPublisher>[0],
    "apps" | "freshness" | "log" | "now" | "quietMs" | "firstDays"
  > {
  store: Store;
  settings: Pick<Settings, "get">;
  metrics: { queryDuration: Histogram<"query"> };
  /** A key of the data directory; the rounding's is made from it where the store has none yet. */
  key: Buffer;
  /** The spool's UUID. */
  holder: string;
}

/**
 * What restricted readers get, and what makes it. Only `reader` goes on to their routes.
 *
 * @example const { reader, publisher } = createPublished({ store, settings, metrics, key, holder, apps, freshness, log });
 */
export function createPublished(deps: PublishedDeps): {
  reader: PublishedReader;
  publisher: Publisher;
} {
  const { store, settings, metrics, key, holder, ...rest } = deps;
  const first = createHmac("sha256", key).update("rounding of published counts").digest();
  let known: Buffer | null = null;
  const clock = deps.now === undefined ? {} : { now: deps.now };
  const archive = createArchive({ store, ...clock });
  const publisher = createPublisher({
    ...rest,
    ask: createAsks({ store, duration: metrics.queryDuration, bounds: BOUNDS })("publish"),
    archive,
    k: (app) => appSettings(settings, app).k,
    async secret(signal) {
      known ??= await storeSecret({ store, holder, name: "rounding", first, signal });
      return known;
    },
  });
  const { days, documents } = archive;
  return { reader: { days, documents }, publisher };
}
