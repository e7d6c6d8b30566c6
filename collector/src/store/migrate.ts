import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "./client.ts";

export interface Migration {
  version: number;
  name: string;
  sql: string;
}

export interface MigrationLog {
  info(fields: object, message: string): void;
}

interface Applied {
  version: number;
  name: string;
  hash: string;
}

const FOLDER = join(import.meta.dirname, "migrations");
const FILE = /^(\d{4})_([a-z0-9_]+)\.sql$/;

const LEDGER = `CREATE TABLE IF NOT EXISTS schema_migrations
(
  version UInt32,
  name String,
  hash String,
  applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

/**
 * Brings the store's tables to this version: applies the numbered files of `migrations/` that it
 * has not had, in order, one statement at a time. Each statement may be repeated, so a start that
 * was interrupted simply goes on.
 * @throws Error in one line where the store is newer than this code or an applied file was changed
 */
export async function migrate(store: Store, log?: MigrationLog, folder = FOLDER): Promise<void> {
  const migrations = await readMigrations(folder);
  await store.command(LEDGER);
  const applied = await store.query<Applied>(
    "SELECT version, name, hash FROM schema_migrations ORDER BY version",
  );
  checkApplied(applied, migrations);
  const done = new Set(applied.map(({ version }) => Number(version)));
  for (const migration of migrations) {
    if (done.has(migration.version)) continue;
    for (const statement of splitStatements(migration.sql)) await store.command(statement);
    const { version, name } = migration;
    await store.command(
      "INSERT INTO schema_migrations (version, name, hash) SELECT {version:UInt32}, {name:String}, {hash:String}",
      { params: { version, name, hash: hashOf(migration) }, settings: { async_insert: 0 } },
    );
    log?.info({ version, name }, "store: migration applied");
  }
}

export async function readMigrations(folder = FOLDER): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const match = FILE.exec(file);
    if (!match) continue;
    const sql = await readFile(join(folder, file), "utf8");
    migrations.push({ version: Number(match[1]), name: match[2]!, sql });
  }
  return migrations;
}

/** Statements end with a semicolon at the end of a line; comments are left out. */
export function splitStatements(sql: string): string[] {
  return sql
    .replace(/^\s*--.*$/gm, "")
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

function checkApplied(applied: Applied[], migrations: Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const { version, name, hash } of applied) {
    const migration = known.get(Number(version));
    if (!migration) {
      throw new Error(
        `the store is newer than this version of Rollcall: it has had migration ${version} (${name}), ` +
          `this one ends at ${Math.max(0, ...known.keys())}. Start the newer version again, or restore a backup.`,
      );
    }
    if (hashOf(migration) !== hash) {
      throw new Error(
        `migration ${version} (${name}) was changed after it was applied to this store: ` +
          "put its file back as it was and add a new one.",
      );
    }
  }
}

/** Comments and white space may change; statements may not. */
function hashOf({ sql }: Migration): string {
  const statements = splitStatements(sql).map((statement) => statement.replace(/\s+/g, " "));
  return createHash("sha256").update(statements.join(";\n")).digest("hex");
}
