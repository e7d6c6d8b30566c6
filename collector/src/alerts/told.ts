import { withClaimLock } from "../store/claim-lock.ts";
import type { Store } from "../store/client.ts";

const LOCK = "alerts_told_lock";

/** What was told last under a name, by whichever collector. */
export interface LastTold {
  state: string;
  at: Date;
}

/** What webhooks were told, kept in the store: of several collectors on it only one tells each thing. */
export interface Told {
  last(name: string): Promise<LastTold | null>;
  /**
   * Runs `work` and writes the state down, where `isTold` does not say that it was told; no other
   * collector is in between. What `work` keeps comes first: after a crash between the two a thing is
   * told twice rather than never.
   *
   * @returns what another collector told; null where `work` ran
   * @throws what the store throws, and AbortError
   */
  once(
    name: string,
    state: string,
    isTold: (last: LastTold) => boolean,
    work: () => Promise<void>,
  ): Promise<LastTold | null>;
}

/** @param holder the spool's UUID */
export function createTold(parts: {
  store: Store;
  holder: string;
  signal: AbortSignal;
  now(): Date;
}): Told {
  const { store, holder, signal, now } = parts;

  async function last(name: string): Promise<LastTold | null> {
    const [row] = await store.query<{ state: string; at_ms: number }>(
      `SELECT state, toUnixTimestamp64Milli(at) AS at_ms FROM alerts_told
       WHERE name = {name:String} ORDER BY seq DESC LIMIT 1`,
      { name },
    );
    return row === undefined ? null : { state: row.state, at: new Date(row.at_ms) };
  }

  return {
    last,
    async once(name, state, isTold, work) {
      let before: LastTold | null = null;
      const tell = async () => {
        before = await last(name);
        if (before !== null && isTold(before)) return;
        before = null;
        await work();
        await store.command(
          `INSERT INTO alerts_told
           SELECT {name:String}, max(seq) + 1, {state:String}, {at:DateTime64(3, 'UTC')}
           FROM alerts_told WHERE name = {name:String}`,
          { params: { name, state, at: now() }, settings: { async_insert: 0 } },
        );
      };
      await withClaimLock(store, holder, signal, tell, undefined, LOCK);
      return before;
    },
  };
}
