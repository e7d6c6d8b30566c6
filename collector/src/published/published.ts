import { createHmac } from "node:crypto";
import type { Histogram } from "prom-client";
import { createAsks } from "../read/ask.ts";
import { appSettings } from "../settings/app-settings.ts";
import type { Settings } from "../settings/types.ts";
import type { Store } from "../store/client.ts";
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
  /** A key of the data directory; the rounding's is made from it. */
  key: Buffer;
}

/**
 * What restricted readers get, and what makes it. Only `reader` goes on to their routes.
 *
 * @example const { reader, publisher } = createPublished({ store, settings, metrics, key, apps, freshness, log });
 */
export function createPublished(deps: PublishedDeps): {
  reader: PublishedReader;
  publisher: Publisher;
} {
  const { store, settings, metrics, key, ...rest } = deps;
  const clock = deps.now === undefined ? {} : { now: deps.now };
  const archive = createArchive({ store, ...clock });
  const publisher = createPublisher({
    ...rest,
    ask: createAsks({ store, duration: metrics.queryDuration, bounds: BOUNDS })("publish"),
    archive,
    k: (app) => appSettings(settings, app).k,
    secret: createHmac("sha256", key).update("rounding of published counts").digest(),
  });
  const { days, documents } = archive;
  return { reader: { days, documents }, publisher };
}
