import { randomBytes } from "node:crypto";
import { ClickHouseError, type Store } from "./client.ts";

/**
 * A lock in the store, held while a loader decides which records are new. Without it two collectors
 * that got the same record could both look, both find nothing and both count it. `CREATE TABLE` is
 * the one atomic test-and-set that every ClickHouse has; it costs about a millisecond.
 */
const LOCK = "record_uids_lock";
/** Locks that were taken away, of any name: see `takeAway`. */
const TAKEN_AWAY = /_lock_(\d+_[0-9a-f]{16})$/;
/** Far longer than a claim takes: `CLAIM_SECONDS` ends it in the store. */
const LEASE_MS = 120_000;
export const CLAIM_SECONDS = 30;
const POLL_MS = 20;
const ABANDONED_MS = 3_600_000;
const TABLE_ALREADY_EXISTS = 57;
const TOKEN = /^\d+_[0-9a-f]{16}$/;

/** What a lock says about itself, in its comment. */
interface Held {
  holder: string;
  /** Of this one hold: when it began and a random part. */
  token: string;
}

/**
 * Runs `work` while no other holder does. A lock that a crashed collector left is taken over: at
 * once by the same holder, by another that has seen the same hold for the whole lease.
 * @param holder the spool's UUID; it holds the lock once at a time
 * @param name what is locked; it ends with `_lock`
 * @throws what the store throws, and AbortError when the signal is aborted while waiting
 */
export async function withClaimLock(
  store: Store,
  holder: string,
  signal: AbortSignal,
  work: () => Promise<void>,
  leaseMs = LEASE_MS,
  name = LOCK,
): Promise<void> {
  await lock(store, name, holder, signal, leaseMs);
  const lockedAt = performance.now();
  try {
    await work();
  } catch (error) {
    // Without an answer the claim may still run: the lock stays until the next try has killed it.
    if (error instanceof ClickHouseError) await unlock(store, name, lockedAt, leaseMs);
    throw error;
  }
  await unlock(store, name, lockedAt, leaseMs);
}

async function lock(
  store: Store,
  name: string,
  holder: string,
  signal: AbortSignal,
  leaseMs: number,
): Promise<void> {
  let seen = "";
  let seenSince = 0;
  while (!(await tryLock(store, name, holder))) {
    const held = await readLock(store, name);
    if (held === null) continue;
    if (held.token !== seen) {
      seen = held.token;
      seenSince = performance.now();
    }
    if (held.holder === holder || performance.now() - seenSince > leaseMs) {
      await takeAway(store, name, held);
    } else {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

async function unlock(
  store: Store,
  name: string,
  lockedAt: number,
  leaseMs: number,
): Promise<void> {
  // Later it may be another's.
  if (performance.now() - lockedAt > leaseMs / 2) return;
  await store.command(`DROP TABLE IF EXISTS ${name} SYNC`).catch(() => {});
}

async function tryLock(store: Store, name: string, holder: string): Promise<boolean> {
  const token = `${Date.now()}_${randomBytes(8).toString("hex")}`;
  const comment = `${holder} ${token}`;
  try {
    await store.command(
      `CREATE TABLE ${name} (nothing UInt8) ENGINE = Memory COMMENT '${comment}'`,
    );
    return true;
  } catch (error) {
    if (codeOf(error) === TABLE_ALREADY_EXISTS) return false;
    throw error;
  }
}

async function readLock(store: Store, name: string): Promise<Held | null> {
  const [row] = await store.query<{ comment: string }>(
    `SELECT comment FROM system.tables
     WHERE database = currentDatabase() AND name = {name:String}`,
    { name },
  );
  const [holder, token] = row?.comment.split(" ") ?? [];
  if (holder === undefined || token === undefined || !TOKEN.test(token)) return null;
  return { holder, token };
}

/**
 * Renames the abandoned lock after its token. Of two that try, the second finds that name taken
 * and cannot take the first one's new lock away; so the renamed table stays for an hour.
 */
async function takeAway(store: Store, name: string, held: Held): Promise<void> {
  await store.command(`RENAME TABLE ${name} TO ${name}_${held.token}`).catch((error) => {
    if (!(error instanceof ClickHouseError)) throw error;
  });
}

/** Drops locks that were taken away more than an hour ago. */
export async function dropAbandonedLocks(store: Store): Promise<void> {
  const rows = await store.query<{ name: string }>(
    `SELECT name FROM system.tables
     WHERE database = currentDatabase() AND name LIKE '%\\_lock\\_%'`,
    {},
  );
  for (const { name } of rows) {
    const token = TAKEN_AWAY.exec(name)?.[1];
    if (token === undefined || Date.now() - Number.parseInt(token, 10) < ABANDONED_MS) continue;
    await store.command(`DROP TABLE IF EXISTS ${name}`);
  }
}

function codeOf(error: unknown): number | null {
  return error instanceof ClickHouseError ? Number(error.code) : null;
}
