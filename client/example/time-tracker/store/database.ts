import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** SQLite with the three ways in which this app asks it. Times are Unix seconds, money is cents. */
export interface Database {
  /** All rows of a query, as `T` says they look. */
  all<T>(sql: string, ...values: SQLInputValue[]): T[];
  /** The first row; undefined without one. */
  one<T>(sql: string, ...values: SQLInputValue[]): T | undefined;
  /** Runs a statement; the answer says how many rows changed, and the id of an inserted one. */
  run(sql: string, ...values: SQLInputValue[]): { changes: number; id: number };
  /** All of `work` or nothing of it. */
  together<T>(work: () => T): T;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS settings (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    timezone TEXT NOT NULL DEFAULT 'UTC',
    date_format TEXT NOT NULL DEFAULT 'YYYY-MM-DD',
    time_format TEXT NOT NULL DEFAULT '24h',
    currency TEXT NOT NULL DEFAULT 'EUR',
    company_name TEXT NOT NULL DEFAULT '',
    company_address TEXT NOT NULL DEFAULT '',
    company_email TEXT NOT NULL DEFAULT '',
    company_phone TEXT NOT NULL DEFAULT '',
    company_website TEXT NOT NULL DEFAULT '',
    self_registration INTEGER NOT NULL DEFAULT 0,
    rounding_minutes INTEGER NOT NULL DEFAULT 1,
    single_active_timer INTEGER NOT NULL DEFAULT 1,
    idle_timeout_minutes INTEGER NOT NULL DEFAULT 30,
    google_client_id TEXT NOT NULL DEFAULT '',
    google_client_secret TEXT NOT NULL DEFAULT '',
    allow_analytics INTEGER NOT NULL DEFAULT 0
  );
  INSERT OR IGNORE INTO settings (id) VALUES (1);
  CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'user')),
    created_at INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS clients (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS projects (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    client_id INTEGER REFERENCES clients,
    billable INTEGER NOT NULL,
    hourly_rate INTEGER NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS tasks (
    id INTEGER PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects,
    name TEXT NOT NULL,
    priority TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'todo'
  );
  CREATE TABLE IF NOT EXISTS invoices (
    id INTEGER PRIMARY KEY,
    client_id INTEGER NOT NULL REFERENCES clients,
    status TEXT NOT NULL CHECK (status IN ('draft', 'sent', 'paid')),
    created_at INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS invoice_lines (
    invoice_id INTEGER NOT NULL REFERENCES invoices,
    project_id INTEGER NOT NULL REFERENCES projects,
    seconds INTEGER NOT NULL,
    hourly_rate INTEGER NOT NULL,
    amount INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users,
    project_id INTEGER NOT NULL REFERENCES projects,
    task_id INTEGER REFERENCES tasks,
    description TEXT NOT NULL,
    billable INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    seen_at INTEGER NOT NULL,
    idle_since INTEGER,
    invoice_id INTEGER REFERENCES invoices
  );
  CREATE INDEX IF NOT EXISTS entries_by_user ON entries (user_id, started_at);
`;

/** Opens `timetracker.sqlite` in `dataDir`, and makes both when they are not there. */
export function openDatabase(dataDir: string): Database {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const sqlite = new DatabaseSync(join(dataDir, "timetracker.sqlite"));
  sqlite.exec("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000");
  sqlite.exec(SCHEMA);
  return {
    all: <T>(sql: string, ...values: SQLInputValue[]) => sqlite.prepare(sql).all(...values) as T[],
    one: <T>(sql: string, ...values: SQLInputValue[]) =>
      sqlite.prepare(sql).get(...values) as T | undefined,
    run(sql, ...values) {
      const { changes, lastInsertRowid } = sqlite.prepare(sql).run(...values);
      return { changes: Number(changes), id: Number(lastInsertRowid) };
    },
    together(work) {
      sqlite.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        sqlite.exec("COMMIT");
        return result;
      } catch (error) {
        sqlite.exec("ROLLBACK");
        throw error;
      }
    },
    close: () => sqlite.close(),
  };
}
