import { signalTables } from "./signal-tables.ts";
import { events, heartbeats, refusals, type Table } from "./tables.ts";

/** Tables that have blocks in a spool frame, in the order in which they are loaded. */
export const spooledTables: readonly Table[] = [events, heartbeats, ...signalTables, refusals];
