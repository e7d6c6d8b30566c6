import { ClickHouseError, type Store } from "../store/client.ts";

/**
 * The same store, whose refusals do not repeat the statement: ClickHouse writes the values of
 * parameters into its messages, and an install id must not get into the log by them.
 */
export function quietStore(store: Store): Store {
  const quietly = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      if (!(error instanceof ClickHouseError)) throw error;
      const { code, type } = error;
      const message = "a statement about one install failed";
      throw new ClickHouseError({ message, code, ...(type === undefined ? {} : { type }) });
    });
  return {
    ...store,
    query: (...asked) => quietly(store.query(...asked)),
    command: (...asked) => quietly(store.command(...asked)),
  };
}
