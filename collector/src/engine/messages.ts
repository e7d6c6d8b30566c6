import type { Secrets } from "./identity.ts";

/** From the collector to the engine, over the channel that only these two processes hold. */
export type ToEngine =
  | { type: "start"; directory: string; memoryBytes: number; secrets: Secrets }
  | { type: "stop" };

/** From the engine to the collector. */
export type FromEngine =
  | { type: "ready"; port: number }
  | { type: "failed"; message: string }
  | { type: "status"; running: number; rssBytes: number };

/** Where the engine keeps things below its directory. */
export const DATABASE_FOLDER = "db";
