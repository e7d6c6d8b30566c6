import type { InputOf, Kind, ValueOf } from "./kinds.ts";

/** One setting as it is now. */
export interface Entry<K extends Kind> {
  key: string;
  value: ValueOf<K>;
  changedAt: Date;
  changedBy: string;
}

/**
 * Everything that is set at run time. Reading is from memory; each change is one row of
 * `settings_log`, which is the audit log, too.
 */
export interface Settings {
  get<K extends Kind>(kind: K, key: string): ValueOf<K> | null;
  /** By key. */
  list<K extends Kind>(kind: K): Entry<K>[];
  /**
   * @param by who, for the audit log
   * @param action a word for the audit log; `created` or `changed` where none is given
   * @throws what the store throws: then nothing has changed
   */
  put<K extends Kind>(
    kind: K,
    key: string,
    value: InputOf<K>,
    by: string,
    action?: string,
  ): Promise<void>;
  /**
   * Changes what is there, with nobody in between.
   *
   * @param change gets the value of now, or null; gives the new one, or null to leave it as it is
   * @returns whether anything was written
   */
  change<K extends Kind>(
    kind: K,
    key: string,
    by: string,
    change: (before: ValueOf<K> | null) => InputOf<K> | null,
    action?: string,
  ): Promise<boolean>;
  /** Nothing is written where there is nothing of this key. */
  remove(kind: Kind, key: string, by: string): Promise<void>;
  /** Called after a change here, and after one that another collector made is read. */
  onChange(listener: (kind: Kind, key: string) => void): void;
}

/** What `settings.json` and the state in memory hold of an entry. */
export interface StateRow {
  kind: Kind;
  key: string;
  value: unknown;
  /** Unix microseconds. */
  seq: number;
  /** Unix milliseconds. */
  at: number;
  by: string;
}
