import { ClickHouseError, StoreUnreachable } from "./client.ts";

/**
 * What a failed step says about the batch. `passing`: the store or the disk has a problem that goes
 * away, so the same batch is tried for ever. `refused`: the store cannot read or take these very
 * rows; after some tries they are set aside. `unclear`: the store says something that this list does
 * not know; only when it has said so for long are the rows set aside.
 */
export type FailureKind = "passing" | "refused" | "unclear";

/** Codes of ClickHouse that are about its state: restarting, busy, full, failing disk. */
const PASSING = new Set([
  60, // UNKNOWN_TABLE: a stage table that a restart took away is made again
  74, // CANNOT_READ_FROM_FILE_DESCRIPTOR
  75, // CANNOT_WRITE_TO_FILE_DESCRIPTOR: disk full
  76, // CANNOT_OPEN_FILE
  77, // CANNOT_CLOSE_FILE
  81, // UNKNOWN_DATABASE
  84, // DIRECTORY_ALREADY_EXISTS
  88, // CANNOT_TRUNCATE_FILE
  159, // TIMEOUT_EXCEEDED
  164, // READONLY
  172, // CANNOT_CREATE_DIRECTORY
  173, // CANNOT_ALLOCATE_MEMORY
  192, // UNKNOWN_USER
  193, // WRONG_PASSWORD
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  204, // CANNOT_FSYNC
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  214, // CANNOT_STATVFS
  216, // QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING
  225, // NO_ZOOKEEPER
  236, // ABORTED
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY
  243, // NOT_ENOUGH_SPACE
  252, // TOO_MANY_PARTS
  279, // ALL_CONNECTION_TRIES_FAILED
  285, // TOO_FEW_LIVE_REPLICAS
  294, // CANNOT_WRITE_TO_FILE
  319, // UNKNOWN_STATUS_OF_INSERT
  384, // PART_IS_TEMPORARILY_LOCKED
  394, // QUERY_WAS_CANCELLED
  395, // FUNCTION_THROW_IF_VALUE_IS_NON_ZERO: the stage was lost under way (see load-sql.ts)
  400, // CANNOT_STAT
  425, // SYSTEM_ERROR
  439, // CANNOT_SCHEDULE_TASK
  458, // CANNOT_UNLINK
  473, // DEADLOCK_AVOIDED
  497, // ACCESS_DENIED
  504, // FILE_ALREADY_EXISTS
  516, // AUTHENTICATION_FAILED
  517, // CANNOT_ASSIGN_ALTER
  999, // KEEPER_EXCEPTION
  1001, // STD_EXCEPTION: what the standard library says of the file system
]);

/** Codes that are about the rows: bytes that are no Native block, types and values out of bounds. */
const REFUSED = new Set([
  6, // CANNOT_PARSE_TEXT
  7, // INCORRECT_NUMBER_OF_COLUMNS
  10, // NOT_FOUND_COLUMN_IN_BLOCK
  33, // CANNOT_READ_ALL_DATA
  40, // CHECKSUM_DOESNT_MATCH
  48, // NOT_IMPLEMENTED
  50, // UNKNOWN_TYPE
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  117, // INCORRECT_DATA
  128, // TOO_LARGE_ARRAY_SIZE
  131, // TOO_LARGE_STRING_SIZE
  248, // INVALID_PARTITION_VALUE
  271, // CANNOT_DECOMPRESS
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  376, // CANNOT_PARSE_UUID
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
  if (PASSING.has(code)) return "passing";
  return REFUSED.has(code) ? "refused" : "unclear";
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
