import type { Day } from "../read/days.ts";
import type { Params } from "../store/client.ts";
import { createTurns } from "../store/turns.ts";
import type { PublishedDocument } from "./document.ts";
import type { PublishedReader } from "./reader.ts";

/** The documents in the store. */
export interface Archive extends PublishedReader {
  /** Keeps a document. Throws what the store throws. */
  add(document: PublishedDocument): Promise<void>;
}

interface ArchiveDeps {
  store: {
    query<T>(sql: string, params: Params): Promise<T[]>;
    command(
      sql: string,
      options: { params: Params; settings: Record<string, number> },
    ): Promise<void>;
  };
  now?: () => Date;
  /** Characters of documents that are kept in memory. @default 32 million */
  mostCharacters?: number;
}

/** How long a list of days is believed: another collector may publish, too. */
const DAYS_HOLD_MS = 60_000;
const MOST_CHARACTERS = 32_000_000;

interface Kept {
  document: PublishedDocument;
  characters: number;
}

/** Reads and keeps documents. One that was read stays in memory: it never changes. */
export function createArchive(deps: ArchiveDeps): Archive {
  const { store, mostCharacters = MOST_CHARACTERS } = deps;
  const now = deps.now ?? (() => new Date());
  /** The least recently asked for first. */
  const kept = new Map<string, Kept>();
  let characters = 0;
  // One reading at a time: many who ask for the same days at once wait for the first of them, and no two
  // hold days that are too many to be kept.
  const turns = createTurns();
  const lists = new Map<string, { days: Promise<Day[]>; until: number }>();
  const nameOf = (app: string, day: Day) => `${app}/${day}`;

  function keep(document: PublishedDocument, length: number): void {
    const name = nameOf(document.app, document.day);
    if (kept.has(name)) return;
    kept.set(name, { document, characters: length });
    characters += length;
    for (const [oldest, { characters: freed }] of kept) {
      if (characters <= mostCharacters || kept.size === 1) break;
      kept.delete(oldest);
      characters -= freed;
    }
  }

  async function readDays(app: string): Promise<Day[]> {
    const rows = await store.query<{ day: Day }>(
      "SELECT DISTINCT day FROM snapshots WHERE app = {app:String} ORDER BY day",
      { app },
    );
    return rows.map(({ day }) => day);
  }

  function days(app: string): Promise<Day[]> {
    const known = lists.get(app);
    if (known !== undefined && known.until > now().getTime()) return known.days;
    const read = readDays(app).catch((error) => {
      // A store that is away takes nothing from those who read what is in memory.
      if (known !== undefined) return known.days;
      lists.delete(app);
      throw error;
    });
    lists.set(app, { days: read, until: now().getTime() + DAYS_HOLD_MS });
    return read;
  }

  /** Those in memory, now the last to leave it; null for the others. */
  const inMemory = (app: string, asked: readonly Day[]) =>
    asked.map((day) => {
      const name = nameOf(app, day);
      const found = kept.get(name);
      if (found === undefined) return null;
      kept.delete(name);
      kept.set(name, found);
      return found.document;
    });

  /** Taken out of memory before others are read into it, which may push them out. */
  async function readRest(app: string, asked: readonly Day[]): Promise<PublishedDocument[]> {
    const held = inMemory(app, asked);
    const missing = asked.filter((_, at) => held[at] === null);
    const read = new Map<Day, PublishedDocument>();
    const rows =
      missing.length === 0
        ? []
        : await store.query<{ day: Day; document: string }>(
            `SELECT day, argMin(document, published_at) AS document FROM snapshots
             WHERE app = {app:String} AND day IN {days:Array(Date)} GROUP BY day`,
            { app, days: missing },
          );
    for (const row of rows) {
      const document = JSON.parse(row.document) as PublishedDocument;
      read.set(row.day, document);
      keep(document, row.document.length);
    }
    return asked.flatMap((day, at) => held[at] ?? read.get(day) ?? []);
  }

  return {
    days,
    async documents(app, asked) {
      const held = inMemory(app, asked).filter((document) => document !== null);
      return held.length === asked.length ? held : turns.take(() => readRest(app, asked));
    },
    async add(document) {
      const text = JSON.stringify(document);
      const { app, day } = document;
      await store.command(
        // Never over one that is there: another collector may have been first, by a clock that is ahead.
        `INSERT INTO snapshots (app, day, published_at, document)
         SELECT {app:String}, {day:Date}, {at:DateTime64(3, 'UTC')}, {text:String}
         WHERE (SELECT count() FROM snapshots WHERE app = {app:String} AND day = {day:Date}) = 0`,
        { params: { app, day, at: now(), text }, settings: { async_insert: 0 } },
      );
      lists.delete(app);
    },
  };
}
