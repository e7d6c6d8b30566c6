import { ClickHouseError, type Store } from "./client.ts";

/**
 * A lock in the store, held while a loader decides which records are new. Without it two collectors
 * that got the same record could both look, both find nothing and both count it. `CREATE TABLE` is
 * the one atomic test-and-set that every ClickHouse has; it costs about a millisecond.
 */
const LOCK = "record_uids_lock";
/** Far longer than a claim takes: `CLAIM_SECONDS` ends it in the store. */
const LEASE_SECONDS = 120;
export const CLAIM_SECONDS = 30;
const POLL_MS = 20;
const TABLE_ALREADY_EXISTS = 57;

interface Holder {
  holder: string;
  uuid: string;
  age: number;
}

/**
 * Runs `work` while no other holder does. A lock that a crashed collector left is taken over: at
 * once by the same holder, by others when the lease is over.
 * @param holder the spool's UUID; it holds the lock once at a time
 * @throws what the store throws
 */
export async function withClaimLock(
  store: Store,
  holder: string,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!(await tryLock(store, holder))) {
    const current = await readHolder(store);
    if (current && (current.holder === holder || current.age > LEASE_SECONDS)) {
      await takeAway(store, current);
    } else {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  const lockedAt = performance.now();
  try {
    await work();
  } catch (error) {
    // Without an answer the claim may still run: the lock stays until the next try has killed it.
    if (error instanceof ClickHouseError) await unlock(store, lockedAt);
    throw error;
  }
  await unlock(store, lockedAt);
}

async function unlock(store: Store, lockedAt: number): Promise<void> {
  // Past the lease it may be another's by now.
  if (performance.now() - lockedAt > (LEASE_SECONDS * 1000) / 2) return;
  await store.command(`DROP TABLE IF EXISTS ${LOCK} SYNC`).catch(() => {});
}

async function tryLock(store: Store, holder: string): Promise<boolean> {
  try {
    await store.command(`CREATE TABLE ${LOCK} (nothing UInt8) ENGINE = Memory COMMENT '${holder}'`);
    return true;
  } catch (error) {
    if (codeOf(error) === TABLE_ALREADY_EXISTS) return false;
    throw error;
  }
}

async function readHolder(store: Store): Promise<Holder | null> {
  const [row] = await store.query<Holder>(
    `SELECT comment AS holder, toString(uuid) AS uuid,
       dateDiff('second', metadata_modification_time, now()) AS age
     FROM system.tables WHERE database = currentDatabase() AND name = {name:String}`,
    { name: LOCK },
  );
  return row ?? null;
}

/**
 * Renames the abandoned lock after its own UUID. Of two that try, the second finds that name taken
 * and cannot take the first one's new lock away; so the renamed table stays for an hour.
 */
async function takeAway(store: Store, abandoned: Holder): Promise<void> {
  const name = `${LOCK}_${abandoned.uuid.replaceAll("-", "")}`;
  await store.command(`RENAME TABLE ${LOCK} TO ${name}`).catch((error) => {
    if (!(error instanceof ClickHouseError)) throw error;
  });
}

/** Drops locks that were taken away more than an hour ago. */
export async function dropAbandonedLocks(store: Store): Promise<void> {
  const rows = await store.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase()
       AND startsWith(name, {prefix:String}) AND metadata_modification_time < now() - 3600`,
    { prefix: `${LOCK}_` },
  );
  for (const { name } of rows) await store.command(`DROP TABLE IF EXISTS ${name}`);
}

function codeOf(error: unknown): number | null {
  return error instanceof ClickHouseError ? Number(error.code) : null;
}
