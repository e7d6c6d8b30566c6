import { Readable } from "node:stream";
import { type ClickHouseClient, ClickHouseError } from "@clickhouse/client";
import { stringLiteral } from "../engine/lexer.ts";
import { readerLimits } from "../engine/reader.ts";
import { whyReaderMayNot } from "../engine/statement.ts";
import { connectTo, type StoreTarget } from "./connect.ts";

/** Values for `{name:Type}` placeholders; they travel apart from the SQL text. */
export type Params = Record<string, ParamValue>;
export type ParamValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | null
  | readonly ParamValue[]
  | { readonly [key: string]: ParamValue };

/** ClickHouse settings for one statement. */
export type Settings = Record<string, string | number | boolean>;

export interface StatementOptions {
  params?: Params;
  settings?: Settings;
  /** For `kill`; a random one where absent. */
  queryId?: string;
}

/**
 * What became of an insert. `refused`: the store answered with an error and nothing of it is
 * running any more, though blocks before the error may be stored. `uncertain`: no complete answer
 * came; it may have been stored, may still be running, or may never have arrived:
 * `kill(queryId)`, then look.
 */
export type InsertOutcome =
  | { ok: true }
  | { ok: false; kind: "refused"; code: number; message: string }
  | { ok: false; kind: "uncertain"; message: string };

/** Read-only statements, with limits on time, memory and result size that the text cannot lift. */
export interface Reader {
  /**
   * Runs one SELECT, WITH, SHOW, DESCRIBE, EXPLAIN or EXISTS statement (no FORMAT clause).
   * Anything else throws a `ClickHouseError` (code 164, READONLY, for what is not allowed).
   */
  query<T>(sql: string, params?: Params, options?: Omit<StatementOptions, "params">): Promise<T[]>;
}

/** The event store: the embedded engine or a ClickHouse server, reached the same way. */
export interface Store {
  /**
   * Runs one statement without a result (DDL, `INSERT … SELECT`, `ALTER`).
   * @throws ClickHouseError when the store refuses it, StoreUnreachable when no answer comes.
   */
  command(sql: string, options?: StatementOptions): Promise<void>;
  /**
   * Runs one SELECT and returns its rows as objects. 64-bit integers come as numbers (use
   * `toString()` in SQL for hashes and ids above 2^53); write no FORMAT clause.
   * @example await store.query<{ n: number }>("SELECT count() AS n FROM t WHERE app = {app:String}", { app })
   * @throws ClickHouseError when the store refuses it, StoreUnreachable when no answer comes.
   */
  query<T>(sql: string, params?: Params, options?: Omit<StatementOptions, "params">): Promise<T[]>;
  /**
   * Runs one SELECT that names its FORMAT, and gives the output as it comes. The embedded engine holds
   * an answer in memory as a whole, so ask it for pages.
   * @throws while it is read, like `query`
   */
  stream(sql: string, options?: StatementOptions): AsyncGenerator<Buffer>;
  /**
   * Inserts a body of Native blocks. Never throws for what the store or the network does.
   * @param sql `INSERT INTO t FORMAT Native`, or
   *   `INSERT INTO t SELECT … FROM input('a String, b UInt8') … FORMAT Native`.
   */
  insertNative(
    sql: string,
    body: Buffer | AsyncIterable<Buffer>,
    options?: StatementOptions,
  ): Promise<InsertOutcome>;
  /** True when the store answers. Never throws. */
  ping(): Promise<boolean>;
  /** Resolves when no statement of this id runs (any more). Throws like `command`. */
  kill(queryId: string): Promise<void>;
  reader: Reader;
  close(): Promise<void>;
}

/** No (complete) answer from the store: it is down, restarting, or the connection broke. */
export class StoreUnreachable extends Error {
  override name = "StoreUnreachable";
}

export { ClickHouseError, type StoreTarget };

const PING_MS = 5_000;
/** The server wrote, but could not tell whether all of it arrived. */
const UNKNOWN_STATUS_OF_INSERT = 319;
/** Of an external server; the embedded engine knows its own. */
const EXTERNAL_READER_MEMORY = 8 * 1024 ** 3;
/** Numbers as numbers, whatever the server's profile says. */
const AS_NUMBERS: Settings = { output_format_json_quote_64bit_integers: 0 };

/**
 * The one way to the store, embedded or external.
 * @example const store = createStore({ engine });
 */
export function createStore(target: StoreTarget): Store {
  const connection = connectTo(target);
  const external = "clickhouseUrl" in target;

  const owner = (): ClickHouseClient => reachable(connection.owner());

  async function rows<T>(
    client: ClickHouseClient,
    sql: string,
    options: StatementOptions,
  ): Promise<T[]> {
    const result = await client.query({
      query: sql,
      format: "JSONEachRow",
      ...statement({ ...options, settings: { ...AS_NUMBERS, ...options.settings } }),
    });
    return result.json<T>();
  }

  return {
    command: (sql, options = {}) =>
      answered(async () => void (await owner().command({ query: sql, ...statement(options) }))),

    query: <T>(sql: string, params: Params = {}, options: Omit<StatementOptions, "params"> = {}) =>
      answered(() => rows<T>(owner(), sql, { ...options, params })),

    async *stream(sql, options = {}) {
      const { stream } = await answered(() => owner().exec({ query: sql, ...statement(options) }));
      const chunks = (stream as Readable)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const { done, value } = await answered(() => chunks.next());
          if (done) return;
          yield value as Buffer;
        }
      } finally {
        (stream as Readable).destroy();
      }
    },

    async insertNative(sql, body, options = {}) {
      try {
        const result = await owner().exec({
          query: sql,
          values: Buffer.isBuffer(body) ? Readable.from([body]) : Readable.from(body),
          ...statement(options),
        });
        for await (const _ of result.stream);
        return { ok: true };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (!(error instanceof ClickHouseError)) return { ok: false, kind: "uncertain", message };
        const code = Number(error.code);
        if (code === UNKNOWN_STATUS_OF_INSERT) return { ok: false, kind: "uncertain", message };
        return { ok: false, kind: "refused", code, message };
      }
    },

    async ping() {
      const client = connection.owner();
      if (client === null) return false;
      const abort_signal = AbortSignal.timeout(PING_MS);
      return (await client.ping({ select: external, abort_signal })).success;
    },

    kill: (queryId) =>
      answered(async () => {
        const query = `KILL QUERY WHERE query_id = ${stringLiteral(queryId)} SYNC`;
        await owner().command({ query });
      }),

    reader: {
      query: <T>(
        sql: string,
        params: Params = {},
        options: Omit<StatementOptions, "params"> = {},
      ) =>
        answered(async () => {
          const client = reachable(connection.reader());
          if (!external) return rows<T>(client, sql, { ...options, params });
          const canonical = await readerStatement(client, sql);
          // The text cannot lift what `readonly = 1` fixes: SETTINGS clauses are refused by it.
          const settings = {
            ...readerLimits(EXTERNAL_READER_MEMORY),
            ...options.settings,
            result_overflow_mode: "throw",
            readonly: 1,
          };
          return rows<T>(client, canonical, { ...options, params, settings });
        }),
    },

    close: () => connection.close(),
  };
}

/** The embedded engine looks at a reader's text itself; in front of a server the collector does. */
async function readerStatement(client: ClickHouseClient, sql: string): Promise<string> {
  const result = await client.query({
    query: "SELECT formatQuerySingleLine({sql:String}) AS canonical",
    query_params: { sql },
    format: "JSONEachRow",
  });
  const canonical = (await result.json<{ canonical: string }>())[0]?.canonical ?? "";
  const why = whyReaderMayNot(canonical);
  if (why !== null) {
    const message = `Cannot execute query: ${why}`;
    throw new ClickHouseError({ message, code: "164", type: "READONLY" });
  }
  return canonical;
}

function reachable(client: ClickHouseClient | null): ClickHouseClient {
  if (client === null) throw new StoreUnreachable("the engine is not running");
  return client;
}

/** Leaves a store's refusal as it is; everything else that goes wrong is a missing answer. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ClickHouseError || error instanceof StoreUnreachable) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new StoreUnreachable(`no answer from the store: ${message}`, { cause: error });
  }
}

function statement({ params, settings, queryId }: StatementOptions) {
  return {
    ...(params && { query_params: params as Record<string, unknown> }),
    ...(settings && { clickhouse_settings: settings }),
    ...(queryId !== undefined && { query_id: queryId }),
  };
}
