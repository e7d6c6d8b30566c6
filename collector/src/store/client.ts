import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ClickHouseError } from "@clickhouse/client";
import { stringLiteral } from "../engine/lexer.ts";
import { connectTo, type StoreTarget } from "./connect.ts";
import { READER_LIMITS, refuseWrites } from "./reader.ts";

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
 * running any more. `uncertain`: no complete answer came; it may have been stored, may still be
 * running, or may never have arrived: `kill(queryId)`, then look.
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

