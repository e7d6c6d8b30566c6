import type { SpoolFiles } from "./files.ts";

const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 10_000;
const FREE_CHECK_MS = 1000;

/** Why the spool takes nothing at the moment: failed writes (with backoff) and a full disk. */
export interface DiskHealth {
  /** In words for the sender; "" while it may be tried. */
  reason(): string;
  failed(error: unknown): void;
  succeeded(): void;
}

export function watchDisk(options: {
  files: SpoolFiles;
  directory: string;
  minFreeBytes: number;
  now: () => number;
}): DiskHealth {
  const { files, directory, minFreeBytes, now } = options;
  let retryAt = 0;
  let backoffMs = RETRY_MIN_MS;
  let failure = "";
  let freeBytes = Number.POSITIVE_INFINITY;
  let checkedAt = Number.NEGATIVE_INFINITY;

  function checkFree(): void {
    if (now() - checkedAt < FREE_CHECK_MS) return;
    checkedAt = now();
    files.freeBytes(directory).then(
      (free) => {
        freeBytes = free;
      },
      // An unreadable figure refuses nobody: a full disk shows itself at the next write.
      () => {
        freeBytes = Number.POSITIVE_INFINITY;
      },
    );
  }

  return {
    reason() {
      if (now() < retryAt) return `the spool cannot write to its disk (${failure})`;
      checkFree();
      if (freeBytes < minFreeBytes) return "the spool's disk is nearly full";
      return "";
    },
    failed(error) {
      failure = (error as NodeJS.ErrnoException).code ?? "error";
      retryAt = now() + backoffMs;
      backoffMs = Math.min(backoffMs * 2, RETRY_MAX_MS);
    },
    succeeded() {
      backoffMs = RETRY_MIN_MS;
    },
  };
}
