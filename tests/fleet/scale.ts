import type { Params, Store } from "../../collector/src/store/client.ts";
import { type Chunk, chunkParams, fleetParams, wholeFleet } from "./chunks.ts";
import { bigCount, count } from "./count.ts";
import type { Fleet } from "./fleet.ts";
import { COUNT_EVENTS, eventParams, SUM_BUSY } from "./sql-events.ts";
import type { StepTable } from "./steps.ts";

/** What makes a fleet send as many events as it was asked for. */
export interface Scale {
  /** Parameters of the statements of `sql-events.ts`. */
  params: Params;
  /** About how many of the events are in a chunk. */
  expected(chunk: Chunk): Promise<number>;
}

/** The share of the asked events that may be missing or too many. */
const TOLERANCE = 0.002;
const MOST_ROUNDS = 5;
/** Fixed point: a scale of 1 makes one session of each unit of `busy`. */
const ONE = 2 ** 32;
/** Events of a session, about: the first guess. */
const EVENTS = 4;
/** Of a large fleet so many installs are looked at. */
const SAMPLE = 12_000;

/**
 * Finds by trial how many sessions make the asked number of events: how long a session gets follows
 * from who the installs are. Null where no install shares anything.
 */
export async function findScale(
  store: Store,
  fleet: Fleet,
  steps: StepTable,
): Promise<Scale | null> {
  const paramsOf = (scale: number, every = 1): Params => ({
    ...fleetParams(fleet),
    ...eventParams(fleet, steps, scale),
    every,
  });
  const busyIn = (chunk: Chunk, every = 1) =>
    bigCount(store, SUM_BUSY, { ...paramsOf(0, every), ...chunkParams(chunk) }).then(Number);
  const whole = wholeFleet(fleet);
  const busy = await busyIn(whole);
  if (busy === 0) return null;
  const every = Math.max(1, Math.floor(fleet.installs / SAMPLE));
  const sampled = every === 1 ? busy : await busyIn(whole, every);
  const wanted = (fleet.events * sampled) / busy;
  let scale = Math.max(1, Math.round((ONE * fleet.events) / EVENTS / busy));
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const params = { ...paramsOf(scale, every), ...chunkParams(whole) };
    const found = await count(store, COUNT_EVENTS, params);
    if (found === 0 || Math.abs(found / wanted - 1) < TOLERANCE) break;
    scale = Math.max(1, Math.round((scale * wanted) / found));
  }
  return {
    params: paramsOf(scale),
    expected: async (chunk) => ((await busyIn(chunk)) / busy) * fleet.events,
  };
}
