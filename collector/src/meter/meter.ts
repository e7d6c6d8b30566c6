import type { FrontHandler } from "../front.ts";
import type { Store } from "../store/client.ts";
import { type Combinations, createCombinations } from "./combinations.ts";
import { createMeterRoute, type MeterRouteDeps } from "./route.ts";
import { createSnapshots } from "./snapshot.ts";

/** The re-identification meter: its route, and what counts behind it. */
export interface Meter extends Pick<Combinations, "start" | "stop"> {
  front: FrontHandler;
}

export function createMeter(
  deps: Pick<MeterRouteDeps, "tokens" | "metrics" | "log"> & { store: Store; now?: () => number },
): Meter {
  const combinations = createCombinations(deps);
  const snapshots = createSnapshots({ ...deps, flush: combinations.flush });
  return {
    front: createMeterRoute({ ...deps, combinations, snapshots }),
    start: combinations.start,
    stop: combinations.stop,
  };
}
