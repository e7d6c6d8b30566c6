import type { Session } from "chdb";
import { quotedName, stringLiteral } from "./lexer.ts";

/** What a connection is given before its statement, and what is taken back after. */
export interface ConnectionState {
  /** "" for the default database. */
  database: string;
  settings: Record<string, string>;
  params: Record<string, string>;
}

export interface Pool {
  /** Runs a task on a connection that has this state and nobody else's; it is clean again after. */
  use<T>(state: ConnectionState, task: (session: Session) => Promise<T>): Promise<T>;
}

/**
 * Connections to chDB, each used by one statement at a time: settings, parameters, the database
 * and `readonly` belong to a connection, and statements on one connection do not run in parallel.
 *
 * Connections are used again because chDB closes none while any statement runs, so that one long
 * query would keep every connection opened beside it (135 kB each, measured).
 */
export function createPool(open: () => Session, maxIdle: number): Pool {
  const idle: Session[] = [];

  async function apply(session: Session, state: ConnectionState): Promise<void> {
    const { database, settings, params } = state;
    if (database !== "") await session.queryAsync(`USE ${quotedName(database)}`);
    const assignments = Object.entries(settings);
    for (const [name, value] of Object.entries(params)) assignments.push([`param_${name}`, value]);
    if (assignments.length > 0) {
      const list = assignments.map(([name, value]) => `${name} = ${stringLiteral(value)}`);
      await session.queryAsync(`SET ${list.join(", ")}`);
    }
  }

  async function takeBack(
    session: Session,
    { database, settings }: ConnectionState,
  ): Promise<void> {
    if (database !== "") await session.queryAsync("USE default");
    const names = Object.keys(settings);
    if (names.length > 0) {
      await session.queryAsync(`SET ${names.map((name) => `${name} = DEFAULT`).join(", ")}`);
    }
    // Parameters cannot be unset: `missingParameter` refuses a statement that would see an old one.
  }

  async function useOnce<T>(
    state: ConnectionState,
    task: (session: Session) => Promise<T>,
  ): Promise<T> {
    const session = open();
    try {
      await apply(session, state);
      return await task(session);
    } finally {
      session.close();
    }
  }

  async function use<T>(
    state: ConnectionState,
    task: (session: Session) => Promise<T>,
  ): Promise<T> {
    // `readonly` refuses every later SET, its own reset included.
    if ("readonly" in state.settings) return useOnce(state, task);
    const session = idle.pop() ?? open();
    try {
      await apply(session, state);
      return await task(session);
    } finally {
      const clean = await takeBack(session, state).then(
        () => true,
        () => false,
      );
      if (clean && idle.length < maxIdle) idle.push(session);
      else session.close();
    }
  }

  return { use };
}
