import { appendInt64, appendString, appendUInt8 } from "../spool/column.ts";
import { columnOf, createNativeBlock, encodeBlock } from "../spool/native.ts";
import { type Store, StoreUnreachable } from "../store/client.ts";
import { kindOfFailure, StoreRefused } from "../store/failure.ts";
import type { Column, SpoolType, Table } from "../store/tables.ts";
import { isKind, kinds } from "./kinds.ts";
import type { StateRow } from "./types.ts";

/** One row of the audit log. */
export interface LogEntry {
  at: number;
  seq: number;
  by: string;
  action: string;
  kind: string;
  key: string;
  /** JSON. */
  value: string;
  removed: boolean;
}

const column = (name: string, type: SpoolType): Column => ({ name, spool: type, table: type });
const LOG: Pick<Table, "name" | "columns"> = {
  name: "settings_log",
  columns: [
    column("at", "DateTime64(3, 'UTC')"),
    column("seq", "UInt64"),
    ...["by", "action", "kind", "key", "value"].map((name) => column(name, "String")),
    column("removed", "UInt8"),
  ],
};
const INSERT = `INSERT INTO settings_log (${LOG.columns.map(({ name }) => name).join(", ")}) FORMAT Native`;

/**
 * Appends one row. A value travels in the body: a catalogue is too long for an address.
 *
 * @throws StoreUnreachable where it is not known to be stored
 */
export async function appendEntry(store: Store, entry: LogEntry): Promise<void> {
  const block = createNativeBlock(LOG);
  appendInt64(columnOf(block, "at"), entry.at);
  appendInt64(columnOf(block, "seq"), entry.seq);
  for (const name of ["by", "action", "kind", "key", "value"] as const) {
    appendString(columnOf(block, name), entry[name]);
  }
  appendUInt8(columnOf(block, "removed"), entry.removed ? 1 : 0);
  block.rows = 1;
  const outcome = await store.insertNative(INSERT, Buffer.concat(encodeBlock(block)), {
    settings: { async_insert: 0 },
  });
  if (outcome.ok) return;
  if (outcome.kind === "refused") {
    const refused = new StoreRefused(outcome.code, outcome.message);
    if (kindOfFailure(refused) !== "passing") throw refused;
  }
  // An answer that was lost says nothing about the row: whether it is there decides.
  if (outcome.kind === "uncertain" && (await isStored(store, entry.seq))) return;
  throw new StoreUnreachable(`the settings were not stored: ${outcome.message}`);
}

async function isStored(store: Store, seq: number): Promise<boolean> {
  const rows = await store.query("SELECT 1 FROM settings_log WHERE seq = {seq:UInt64}", { seq });
  return rows.length > 0;
}

/** How far the log goes. */
export interface LogEnd {
  seq: number;
  entries: number;
}

/** Cheap to ask: another collector's change is seen by it. */
export async function logEnd(store: Store): Promise<LogEnd> {
  const [end] = await store.query<LogEnd>(
    "SELECT max(seq) AS seq, count() AS entries FROM settings_log",
  );
  return end ?? { seq: 0, entries: 0 };
}

/**
 * The latest entry of every kind and key that is not removed. What this version cannot read is left
 * out and told.
 */
export async function readState(
  store: Store,
  onUnreadable: (kind: string, key: string) => void,
): Promise<StateRow[]> {
  const rows = await store.query<{
    kind: string;
    key: string;
    latest: string;
    last: number;
    at_ms: number;
    who: string;
  }>(
    `SELECT
       kind, key,
       argMax(value, seq) AS latest,
       max(seq) AS last,
       toUnixTimestamp64Milli(argMax(at, seq)) AS at_ms,
       argMax(by, seq) AS who
     FROM settings_log
     GROUP BY kind, key
     HAVING argMax(removed, seq) = 0`,
  );
  return rows.flatMap(({ kind, key, latest, last, at_ms, who }) => {
    const row = stateRow({ kind, key, value: JSON.parse(latest), seq: last, at: at_ms, by: who });
    if (row === null) onUnreadable(kind, key);
    return row ?? [];
  });
}

/** A row of the log or of the file as this version understands it, or null. */
export function stateRow(row: Omit<StateRow, "kind"> & { kind: string }): StateRow | null {
  const { kind } = row;
  if (!isKind(kind)) return null;
  const parsed = kinds[kind].safeParse(row.value);
  return parsed.success ? { ...row, kind, value: parsed.data } : null;
}
