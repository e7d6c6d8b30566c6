/** One accepted statement, from its first byte to its last. */
export interface RunningStatement {
  queryId: string;
  /** Unique, also where query ids repeat over time; chDB knows the statement by it. */
  mark: string;
  cancelled: boolean;
  done: Promise<void>;
  finish(): void;
}

export interface RunningStatements {
  count(): number;
  /** Null while a statement of this id runs. */
  add(queryId: string): RunningStatement | null;
  byId(queryId: string): RunningStatement | undefined;
  /** Resolves when none runs. */
  drained(): Promise<void>;
}

export function trackStatements(onChange: (count: number) => void): RunningStatements {
  const running = new Map<string, RunningStatement>();
  let marks = 0;
  return {
    count: () => running.size,
    byId: (queryId) => running.get(queryId),
    add(queryId) {
      if (running.has(queryId)) return null;
      const { promise: done, resolve } = Promise.withResolvers<void>();
      const finish = (): void => {
        if (running.delete(queryId)) onChange(running.size);
        resolve();
      };
      const statement = { queryId, mark: `statement-${++marks}`, cancelled: false, done, finish };
      running.set(queryId, statement);
      onChange(running.size);
      return statement;
    },
    async drained() {
      while (running.size > 0) await Promise.all([...running.values()].map((s) => s.done));
    },
  };
}
