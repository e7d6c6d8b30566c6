import type { Store } from "../../collector/src/store/client.ts";
import type { Fleet } from "./fleet.ts";
import { modelBlocks, modelColumns, modelStructure } from "./model-block.ts";
import type { StepTable } from "./steps.ts";

/**
 * Tables that the statements of `sql-heartbeats.ts` and `sql-events.ts` read, and that are dropped at
 * the end: the fleet as JavaScript made it, and what its users do.
 */
const TABLES = {
  fleet_installs: `(
  number UInt32, install_id UUID, fingerprint String, install_key String, first_seen Int64,
  from_1 UInt16, until_1 UInt16, from_2 UInt16, until_2 UInt16, only_first_seen UInt8,
  off_every UInt16, beat UInt32, platform LowCardinality(String), os_version LowCardinality(String),
  architecture LowCardinality(String), locale LowCardinality(String),
  timezone LowCardinality(String), release_channel LowCardinality(String),
  deployment_type LowCardinality(String), environment LowCardinality(String), offset Int32,
  share_from UInt16, share_until UInt16, users UInt16, size UInt16, weight UInt32, areas UInt32,
  onboarding UInt8, traced UInt8, adopted Array(UInt16)
) ENGINE = MergeTree ORDER BY install_id SETTINGS index_granularity = 1024`,
  fleet_steps: `(
  script UInt16, step UInt8, event LowCardinality(String), after UInt32, anonymous UInt8,
  span_from Array(UInt32), span_salt Array(UInt32), text_key Array(LowCardinality(String)),
  text_from Array(UInt32), text_range Array(UInt32), text_salt Array(UInt32),
  number_key Array(LowCardinality(String)), number_from Array(UInt32), number_salt Array(UInt32)
) ENGINE = MergeTree ORDER BY (script, step)`,
  fleet_texts: "(at UInt32, value String) ENGINE = MergeTree ORDER BY at",
  fleet_numbers: "(at UInt32, value Float64) ENGINE = MergeTree ORDER BY at",
} as const;

const MODEL_ROWS = 65_536;

/** Columns that are stored as they come. */
const same = modelColumns.filter((name) => !/fingerprint|key/.test(name)).join(", ");
const INSERT_INSTALLS = `INSERT INTO fleet_installs (fingerprint, install_key, ${same})
SELECT if(has_fingerprint, lower(hex(fingerprint)), ''), if(has_key, base64URLEncode(key), ''), ${same}
FROM input('${modelStructure}') FORMAT Native`;

/** Brings the fleet's model into the store. */
export async function storeModel(
  store: Store,
  fleet: Fleet,
  steps: StepTable,
  onInstalls: (stored: number) => void,
): Promise<void> {
  await dropModel(store);
  for (const [name, table] of Object.entries(TABLES)) {
    await store.command(`CREATE TABLE ${name} ${table}`);
  }
  await insertJson(store, "fleet_steps", steps.rows);
  await insertJson(store, "fleet_texts", steps.texts.map(numbered));
  await insertJson(store, "fleet_numbers", steps.numbers.map(numbered));
  let stored = 0;
  for await (const body of modelBlocks(fleet.install, fleet.installs, MODEL_ROWS)) {
    await insert(store, INSERT_INSTALLS, body);
    stored = Math.min(fleet.installs, stored + MODEL_ROWS);
    onInstalls(stored);
  }
}

export async function dropModel(store: Store): Promise<void> {
  for (const name of Object.keys(TABLES)) await store.command(`DROP TABLE IF EXISTS ${name} SYNC`);
}

const numbered = <T>(value: T, at: number) => ({ at, value });

async function insertJson(store: Store, table: string, rows: readonly object[]): Promise<void> {
  const lines = rows.map((row) => JSON.stringify(row)).join("\n");
  await insert(store, `INSERT INTO ${table} FORMAT JSONEachRow`, Buffer.from(lines));
}

async function insert(store: Store, sql: string, body: Buffer): Promise<void> {
  const outcome = await store.insertNative(sql, body);
  if (!outcome.ok) throw new Error(outcome.message);
}
