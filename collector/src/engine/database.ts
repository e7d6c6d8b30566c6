import { Session } from "chdb";
import { stringLiteral } from "./lexer.ts";
import { type ConnectionState, createPool } from "./pool.ts";

/** One statement with everything that it needs; nothing of it outlives it. */
export interface Statement extends ConnectionState {
  sql: string;
  /** Output format where the text names none. */
  format: string;
  /** Names the running statement for `cancel`; unique. */
  mark: string;
}

export interface Database {
  /** Runs a statement off the event loop and returns its output. Throws ClickHouse's error. */
  run(statement: Statement): Promise<Uint8Array>;
  /**
   * The one statement of this text as ClickHouse itself writes it down, without comments.
   * Throws a syntax error for anything else, several statements included.
   */
  canonical(sql: string): Promise<string>;
  /** Asks a running statement to stop; its `run` then rejects with code 394. */
  cancel(mark: string): Promise<void>;
  close(): void;
}

const IDLE_CONNECTIONS = 12;

/** Megabytes. The defaults are sized for servers; these fit beside a collector. */
const CACHES = {
  mark_cache_size: 64,
  primary_index_cache_size: 64,
  index_mark_cache_size: 16,
  query_condition_cache_size: 16,
  compiled_expression_cache_size: 32,
  parquet_metadata_cache_size: 8,
  iceberg_metadata_files_cache_size: 8,
  vector_similarity_index_cache_size: 8,
  text_index_tokens_cache_size: 8,
  text_index_header_cache_size: 8,
  text_index_postings_cache_size: 16,
};

const PLAIN: ConnectionState = { database: "", settings: {}, params: {} };

/** Opens chDB's directory; throws when another process holds it. */
export function openDatabase(directory: string, memoryBytes: number): Database {
  const connectionArgs = [
    `--max_server_memory_usage=${memoryBytes}`,
    ...Object.entries(CACHES).map(([name, mb]) => `--${name}=${mb * 1024 * 1024}`),
    // By default a thread wants 1 GiB to itself, and a question of a small engine runs on one.
    "--max_threads_min_free_memory_per_thread=0",
  ];
  const connect = (): Session => new Session(directory, { connectionArgs });
  // The first connection keeps the directory open and locked.
  const anchor = connect();
  const pool = createPool(connect, IDLE_CONNECTIONS);

  return {
    run({ sql, format, database, settings, params, mark }) {
      const state = { database, params, settings: { ...settings, log_comment: mark } };
      return pool.use(state, async (session) =>
        (await session.queryAsync(sql, { format })).bytes(),
      );
    },

    canonical(sql) {
      return pool.use(PLAIN, async (session) => {
        // As hexadecimal digits the text cannot be anything but data.
        const hex = Buffer.from(sql).toString("hex");
        const query = `SELECT formatQuerySingleLine(unhex('${hex}'))`;
        return (await session.queryAsync(query, { format: "RawBLOB" })).text();
      });
    },

    cancel(mark) {
      return pool.use(PLAIN, async (session) => {
        // SYNC never returns in the embedded engine; whoever cancels awaits the statement itself.
        const marked = `Settings['log_comment'] = ${stringLiteral(mark)}`;
        await session.queryAsync(`KILL QUERY WHERE ${marked} ASYNC`);
      });
    },

    close: () => anchor.close(),
  };
}
