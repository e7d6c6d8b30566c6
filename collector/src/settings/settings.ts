import type { SpoolLog } from "../spool/options.ts";
import { type Store, StoreUnreachable } from "../store/client.ts";
import { createTurns } from "../store/turns.ts";
import { readCopy, writeCopy } from "./copy-file.ts";
import { type Kind, kinds, type ValueOf } from "./kinds.ts";
import { appendEntry, type LogEnd, logEnd, readState } from "./log-table.ts";
import type { Entry, Settings, StateRow } from "./types.ts";

export interface SettingsKeeper extends Settings {
  /**
   * Reads the state from the store, once its tables are there; until then nothing can be changed.
   * From then on looks for other collectors' changes.
   * @throws what the store throws
   */
  load(): Promise<void>;
  stop(): Promise<void>;
}

interface SettingsDeps {
  store: Store;
  /** Where `settings.json` lies: the data directory. */
  directory: string;
  log: SpoolLog;
  now?: () => Date;
  /** How often other collectors' changes are looked for. @default 30 s */
  refreshMs?: number;
}

const nameOf = (kind: string, key: string) => `${kind}\0${key}`;

/**
 * The settings as `settings.json` has them; `load` then takes them from the store.
 *
 * @example
 * const settings = await createSettings({ store, directory: "data", log });
 * await settings.load();
 * await settings.put("app", "timetracker", { k: 20 }, "maria");
 */
export async function createSettings(deps: SettingsDeps): Promise<SettingsKeeper> {
  const { store, directory, log, refreshMs = 30_000 } = deps;
  const now = deps.now ?? (() => new Date());
  const listeners: ((kind: Kind, key: string) => void)[] = [];
  // Changes and readings of the whole, one at a time: none overwrites what it has not seen.
  const turns = createTurns();
  let state = byName(await readCopy(directory, log));
  let lastSeq = Math.max(0, ...[...state.values()].map(({ seq }) => seq));
  /** How far the log went when it was read; null before. */
  let end: LogEnd | null = null;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const save = () => writeCopy(directory, [...state.values()], log);

  /** Takes the store's state where it is not the one known. */
  async function refresh(): Promise<void> {
    const found = await logEnd(store);
    if (found.seq === end?.seq && found.entries === end.entries) return;
    const before = state;
    state = byName(
      await readState(store, (kind, key) =>
        log.warn({ kind, key }, "a setting is of another version and is left out"),
      ),
    );
    end = found;
    lastSeq = Math.max(lastSeq, found.seq);
    const changed = [...new Map([...before, ...state])].filter(
      ([name]) => before.get(name)?.seq !== state.get(name)?.seq,
    );
    if (changed.length === 0) return;
    await save();
    for (const [, { kind, key }] of changed) tell(kind, key);
  }

  function tell(kind: Kind, key: string): void {
    for (const listener of listeners) listener(kind, key);
  }

  /** The row first: where the store does not take it, nothing has changed. */
  async function write(row: Omit<StateRow, "seq" | "at">, action: string, removed: boolean) {
    const at = now().getTime();
    const seq = Math.max(at * 1000, lastSeq + 1);
    lastSeq = seq;
    const { kind, key, by } = row;
    const entry = { at, seq, by, action, kind, key, removed };
    await appendEntry(store, { ...entry, value: removed ? "{}" : JSON.stringify(row.value) });
    // As far as is known here: where another collector wrote, too, the next look finds more entries.
    if (end !== null) end = { seq: Math.max(end.seq, seq), entries: end.entries + 1 };
    state = new Map(state);
    if (removed) state.delete(nameOf(kind, key));
    else state.set(nameOf(kind, key), { ...row, seq, at });
    await save();
    tell(kind, key);
  }

  /** One change at a time, on the newest state. */
  const alone = <T>(work: () => Promise<T>): Promise<T> =>
    turns.take(async () => {
      if (end === null) throw new StoreUnreachable("the settings are not read from the store yet");
      await refresh();
      return work();
    });

  const get = <K extends Kind>(kind: K, key: string): ValueOf<K> | null =>
    (state.get(nameOf(kind, key))?.value as ValueOf<K> | undefined) ?? null;

  const change: Settings["change"] = (kind, key, by, make, action) =>
    alone(async () => {
      const before = get(kind, key);
      const made = make(before);
      if (made === null) return false;
      const value = kinds[kind].parse(made);
      await write({ kind, key, value, by }, action ?? (before ? "changed" : "created"), false);
      return true;
    });

  return {
    get,
    list: <K extends Kind>(kind: K) =>
      [...state.values()]
        .filter((row) => row.kind === kind)
        .map(
          ({ key, value, at, by }): Entry<K> => ({
            key,
            value: value as ValueOf<K>,
            changedAt: new Date(at),
            changedBy: by,
          }),
        )
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
    change,
    async put(kind, key, value, by, action) {
      await change(kind, key, by, () => value, action);
    },
    remove: (kind, key, by) =>
      alone(async () => {
        if (get(kind, key) === null) return;
        await write({ kind, key, value: {}, by }, "removed", true);
      }),
    onChange: (listener) => void listeners.push(listener),
    async load() {
      await turns.take(refresh);
      schedule();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await turns.take(async () => {});
    },
  };

  function schedule(): void {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(() => {
      // A store that is away is told elsewhere; the next look finds what changed.
      void turns
        .take(refresh)
        .catch(() => {})
        .finally(schedule);
    }, refreshMs);
    timer.unref();
  }
}

function byName(rows: StateRow[]): Map<string, StateRow> {
  return new Map(rows.map((row) => [nameOf(row.kind, row.key), row]));
}
