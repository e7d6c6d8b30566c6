import { randomBytes } from "node:crypto";
import type { Engine } from "../../engine/supervise.ts";
import type { PublishedReader } from "../../published/reader.ts";
import type { Day } from "../../read/days.ts";
import { post, textOf } from "../upstream.ts";
import { linesOf, PUBLISHED_TABLES, PUBLISHED_VIEWS } from "./rows.ts";

/** The databases of restricted readers: one for each set of apps that somebody may see. */
export interface PublishedDatabases {
  /** The name of the database of some apps, with every published day in it. */
  of(apps: readonly string[], engine: Engine): Promise<string>;
  /** The engine is a new one. */
  forget(): void;
}

/** The newest days of an app; more than a year. */
const MOST_DAYS = 400;
/** Documents that are turned into rows at once. */
const DAYS_AT_ONCE = 20;
const MOST_SETS = 16;

interface Filled {
  database: string;
  made: boolean;
  days: Map<string, Set<Day>>;
  /** The last filling: one after the other. */
  turn: Promise<void>;
}

/** Fills databases from published documents: no row in them is about fewer installs than may be shown. */
export function createPublishedDatabases(reader: PublishedReader): PublishedDatabases {
  let sets = new Map<string, Filled>();

  async function fill(set: Filled, apps: readonly string[], engine: Engine): Promise<void> {
    if (!set.made) await make(set.database, engine);
    set.made = true;
    for (const app of apps) {
      const done = set.days.get(app) ?? new Set();
      set.days.set(app, done);
      const missing = (await reader.days(app)).slice(-MOST_DAYS).filter((day) => !done.has(day));
      for (let at = 0; at < missing.length; at += DAYS_AT_ONCE) {
        const days = missing.slice(at, at + DAYS_AT_ONCE);
        const documents = await reader.documents(app, days);
        for (const table of PUBLISHED_TABLES) {
          const lines = linesOf(table, documents);
          if (lines === "") continue;
          const into = `INSERT INTO ${set.database}.${table.name} FORMAT JSONEachRow\n`;
          await command(engine, into + lines);
        }
        for (const { day } of documents) done.add(day);
      }
    }
  }

  return {
    async of(apps, engine) {
      const key = [...apps].sort().join(",");
      const known = sets.get(key);
      const set = known ?? {
        // Unguessable: the name is the only thing that keeps one set's readers from another's.
        database: `published_${randomBytes(16).toString("hex")}`,
        made: false,
        days: new Map(),
        turn: Promise.resolve(),
      };
      // The least recently asked for stands first.
      sets.delete(key);
      sets.set(key, set);
      const [[oldest, { database }]] = [...sets] as [[string, Filled]];
      if (sets.size > MOST_SETS) {
        sets.delete(oldest);
        await command(engine, `DROP DATABASE IF EXISTS ${database}`);
      }
      const mine = set.turn.then(() => fill(set, apps, engine));
      set.turn = mine.catch(() => {
        // Half a filling would count days twice: the next one begins anew, under another name.
        if (sets.get(key) === set) sets.delete(key);
      });
      await mine;
      return set.database;
    },
    forget() {
      sets = new Map();
    },
  };
}

async function make(database: string, engine: Engine): Promise<void> {
  await command(engine, `CREATE DATABASE ${database}`);
  for (const { name, columns, order } of PUBLISHED_TABLES) {
    await command(
      engine,
      `CREATE TABLE ${database}.${name} (${columns}) ENGINE = MergeTree ORDER BY (${order})`,
    );
  }
  for (const [name, select] of PUBLISHED_VIEWS) {
    const from = select.replace(/FROM (\w+)/, `FROM ${database}.$1`);
    await command(engine, `CREATE VIEW ${database}.${name} AS ${from}`);
  }
}

async function command({ url, username, password }: Engine, sql: string): Promise<void> {
  const answer = await post({ url, username, password }, sql, {});
  const text = await textOf(answer, 4096);
  if (answer.statusCode !== 200) throw new Error(`published counts: ${text}`);
}
