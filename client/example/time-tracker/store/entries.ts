import { now } from "../time.ts";
import type { Database } from "./database.ts";

/** A stretch of work; its timer runs while `ended_at` is null. */
export interface Entry {
  id: number;
  user_id: number;
  project_id: number;
  project_name: string;
  client_id: number | null;
  task_id: number | null;
  task_name: string | null;
  description: string;
  billable: number;
  started_at: number;
  ended_at: number | null;
  /** When its user last opened a page. */
  seen_at: number;
  /** Since when nobody was there, once that was noticed. */
  idle_since: number | null;
  invoice_id: number | null;
}

export interface EntryInput {
  user_id: number;
  project_id: number;
  task_id: number | null;
  description: string;
  billable: boolean;
}

export interface Entries {
  running(userId: number): Entry[];
  /** How many timers run, of all users. */
  countRunning(): number;
  /** The newest finished ones. */
  recent(userId: number, limit: number): Entry[];
  /** Seconds of finished work since a moment. */
  total(userId: number, since: number): number;
  byId(id: number): Entry | undefined;
  start(input: EntryInput): number;
  /** Ends a timer at a moment; false when it does not run. */
  stop(id: number, at: number): boolean;
  /** Notes that its user is there. */
  seen(id: number): void;
  setIdle(id: number, since: number | null): void;
}

const SELECT = `
  SELECT entries.*, projects.name AS project_name, projects.client_id, tasks.name AS task_name
  FROM entries
  JOIN projects ON projects.id = entries.project_id
  LEFT JOIN tasks ON tasks.id = entries.task_id`;

export function createEntries(database: Database): Entries {
  return {
    running: (userId) =>
      database.all<Entry>(
        `${SELECT} WHERE user_id = ? AND ended_at IS NULL ORDER BY started_at`,
        userId,
      ),
    countRunning: () =>
      database.one<{ timers: number }>(
        "SELECT count(*) AS timers FROM entries WHERE ended_at IS NULL",
      )!.timers,
    recent: (userId, limit) =>
      database.all<Entry>(
        `${SELECT} WHERE user_id = ? AND ended_at IS NOT NULL ORDER BY entries.id DESC LIMIT ?`,
        userId,
        limit,
      ),
    total: (userId, since) =>
      database.one<{ seconds: number }>(
        `SELECT coalesce(sum(ended_at - started_at), 0) AS seconds
         FROM entries WHERE user_id = ? AND started_at >= ? AND ended_at IS NOT NULL`,
        userId,
        since,
      )!.seconds,
    byId: (id) => database.one<Entry>(`${SELECT} WHERE entries.id = ?`, id),
    start: ({ user_id, project_id, task_id, description, billable }) =>
      database.run(
        `INSERT INTO entries
           (user_id, project_id, task_id, description, billable, started_at, seen_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        user_id,
        project_id,
        task_id,
        description,
        Number(billable),
        now(),
        now(),
      ).id,
    stop: (id, at) =>
      database.run("UPDATE entries SET ended_at = ? WHERE id = ? AND ended_at IS NULL", at, id)
        .changes > 0,
    seen(id) {
      database.run("UPDATE entries SET seen_at = ? WHERE id = ?", now(), id);
    },
    setIdle(id, since) {
      database.run("UPDATE entries SET idle_since = ? WHERE id = ?", since, id);
    },
  };
}
