import type { Params, Settings, Store } from "../../collector/src/store/client.ts";

/** Of every statement: lanes are what runs in parallel, and lists of slots make long texts. */
const STATEMENT: Settings = {
  max_threads: 1,
  max_block_size: 16_384,
  max_query_size: 16_000_000,
  query_plan_join_swap_table: "false",
};
/** One part in each partition, and nothing left out because it looks like something else. */
export const INSERT: Settings = {
  ...STATEMENT,
  async_insert: 0,
  max_insert_threads: 1,
  min_insert_block_size_rows: 1_000_000_000,
  min_insert_block_size_bytes: 0,
  insert_deduplicate: 0,
};

/** The one number, in a column `n`, that a statement asks for; exact beyond 2^53. */
export async function bigCount(store: Store, sql: string, params: Params = {}): Promise<bigint> {
  const [row] = await store.query<{ n: string }>(
    `SELECT toString(n) AS n FROM (${sql}) AS asked`,
    params,
    { settings: { ...STATEMENT, max_threads: 2 } },
  );
  return BigInt(row?.n ?? 0);
}

export async function count(store: Store, sql: string, params: Params = {}): Promise<number> {
  return Number(await bigCount(store, sql, params));
}
