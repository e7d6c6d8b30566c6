import { onTestFinished } from "vitest";
import type { Outlet } from "../delivery/outlet.ts";
import type { Installation } from "../installation/installation.ts";
import type { MemoryJournal } from "./journal.ts";
import { numbered, type OutletOptions, plainOutlet } from "./plain-outlet.ts";
import { createLog, temporaryDirectory } from "./support.ts";

export const DETAILED = { base: false, detailed: true };
export const BASE = { base: true, detailed: false };
export const NOTHING = { base: false, detailed: false };

export interface OpenOutlet {
  outlet: Outlet;
  installation: Installation;
  journal: MemoryJournal;
  log: ReturnType<typeof createLog>;
  dataDir: string;
  /** Where its batches wait. */
  queue: string;
  /** Hands over a record with this number. */
  track(n: number): void;
}

/** One outlet to a server, as the client would make it, not open yet; closed after the test. */
export function makeOutlet(endpoint: string, options: Partial<OutletOptions> = {}): OpenOutlet {
  const log = createLog();
  const dataDir = options.dataDir ?? temporaryDirectory();
  const made = plainOutlet(endpoint, { log, dataDir, ...options });
  const { outlet, installation } = made;
  onTestFinished(async () => void (await outlet.close(0)));
  return { ...made, log, dataDir, track: (n) => outlet.accept(numbered(n, installation)) };
}

/** The numbers of records as a server received them. */
export function numbersOf(records: readonly { attributes: Record<string, string> }[]): number[] {
  return records.map(({ attributes }) => Number(attributes.project_id?.split(" ")[1]));
}
