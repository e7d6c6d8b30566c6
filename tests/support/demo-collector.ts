import { createFleet, type FleetOptions } from "../demo/fleet.ts";
import { playHistory } from "../demo/play.ts";
import { createSender } from "../demo/send.ts";
import { playSignals } from "../demo/signals.ts";
import { createTruth, type Truth } from "../demo/truth.ts";
import { loaded } from "./api.ts";
import { type Collector, startCollector } from "./collector.ts";

/** A collector that a made-up fleet has sent to, its traces and metrics too, and the truth about that fleet. */
export async function startWithFleet(
  options: Omit<FleetOptions, "now">,
): Promise<{ collector: Collector; truth: Truth; now: number }> {
  const collector = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
  const now = Date.now();
  const truth = createTruth();
  const sender = createSender(collector.url, collector.tokens.backfill);
  const fleet = createFleet({ ...options, now });
  await playHistory(fleet, options.days, sender, truth);
  sender.close();
  await playSignals(collector, fleet, { ...options, now });
  await loaded(collector, 60_000);
  return { collector, truth, now };
}
