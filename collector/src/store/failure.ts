import { ClickHouseError, StoreUnreachable } from "./client.ts";

/**
 * What a failed step says about the batch. `passing`: the store or the disk has a problem that goes
 * away, so the same batch is tried for ever. `refused`: the store answered that it does not take
 * this batch; after some tries it is set aside.
 */
export type FailureKind = "passing" | "refused";

/** Codes of ClickHouse that are about the store's state and not about the rows. */
const PASSING = new Set([
  60, // UNKNOWN_TABLE: a stage table that a restart took away is made again
  74, // CANNOT_READ_FROM_FILE_DESCRIPTOR
  75, // CANNOT_WRITE_TO_FILE_DESCRIPTOR: disk full
  76, // CANNOT_OPEN_FILE
  81, // UNKNOWN_DATABASE
  159, // TIMEOUT_EXCEEDED
  164, // READONLY
  173, // CANNOT_ALLOCATE_MEMORY
  192, // UNKNOWN_USER
  193, // WRONG_PASSWORD
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  216, // QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING
  225, // NO_ZOOKEEPER
  236, // ABORTED
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY
  243, // NOT_ENOUGH_SPACE
  252, // TOO_MANY_PARTS
  279, // ALL_CONNECTION_TRIES_FAILED
  285, // TOO_FEW_LIVE_REPLICAS
  319, // UNKNOWN_STATUS_OF_INSERT
  394, // QUERY_WAS_CANCELLED
  395, // FUNCTION_THROW_IF_VALUE_IS_NON_ZERO: the stage was lost under way (see load-sql.ts)
  425, // SYSTEM_ERROR
  439, // CANNOT_SCHEDULE_TASK
  497, // ACCESS_DENIED
  516, // AUTHENTICATION_FAILED
  517, // CANNOT_ASSIGN_ALTER
  999, // KEEPER_EXCEPTION
]);

export function kindOfFailure(error: unknown): FailureKind {
  if (error instanceof StoreUnreachable) return "passing";
  if (error instanceof ClickHouseError) return kindOfCode(Number(error.code), error.message);
  if (error instanceof StoreRefused) return kindOfCode(error.storeCode, error.message);
  // ENOSPC, EMFILE, EIO of our own files.
  if (error instanceof Error && "syscall" in error) return "passing";
  return "refused";
}

function kindOfCode(code: number, message: string): FailureKind {
  // The same code stands for a store that is behind with merging and for a batch that it never takes.
  if (code === 252 && /single INSERT block/i.test(message)) return "refused";
  return PASSING.has(code) ? "passing" : "refused";
}

/** A refused `insertNative`, whose outcome is a value. */
export class StoreRefused extends Error {
  override name = "StoreRefused";
  storeCode: number;
  constructor(code: number, message: string) {
    super(message);
    this.storeCode = code;
  }
}
