import type { SinkTest } from "../api.ts";
import type { Consent } from "../consent/consent.ts";
import type { Journal } from "../journal/types.ts";
import { forgetQueues } from "./disk-queue.ts";
import type { OutgoingRecord } from "./encode.ts";
import { createOutlet, type Outlet, type OutletInput } from "./outlet.ts";
import type { Destination, SinkName } from "./types.ts";

/** One outlet for each destination. What one of them does never delays another. */
export interface Outlets {
  all: readonly Outlet[];
  accept(record: OutgoingRecord): void;
  open(consent: Consent): void;
  test(sink: SinkName): Promise<SinkTest>;
  /** Resolves with the number of records left at the destination that is furthest behind. */
  close(deadline: number): Promise<number>;
}

/**
 * @param inputOf what `createOutlet` needs for one destination
 */
export function createOutlets(
  destinations: readonly Destination[],
  dataDir: string,
  journal: Journal,
  inputOf: (destination: Destination) => OutletInput,
): Outlets {
  const names = destinations.map(({ name }) => name);
  const forgotten = forgetQueues(dataDir, names);
  if (forgotten > 0) journal.withheld("destination_gone", forgotten);
  const outlets = new Map(destinations.map((each) => [each.name, createOutlet(inputOf(each))]));
  const all = [...outlets.values()];

  return {
    all,
    accept(record) {
      for (const outlet of all) outlet.accept(record);
    },
    open(consent) {
      for (const outlet of all) outlet.open(consent);
    },
    async test(sink) {
      const outlet = outlets.get(sink);
      if (outlet === undefined)
        return { ok: false, result: "There is no such destination.", preview: "" };
      return outlet.test();
    },
    async close(deadline) {
      return Math.max(0, ...(await Promise.all(all.map((outlet) => outlet.close(deadline)))));
    },
  };
}
