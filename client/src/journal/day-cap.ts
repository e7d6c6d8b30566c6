import { dayOf } from "./day-files.ts";

export interface DayCap {
  /** Whether a line of so many bytes has room today. */
  admits(bytes: number): boolean;
  /** Says how many lines were left out since that was said first. */
  close(): void;
}

/**
 * Bounds what is written in a day. When the bound is reached it says so once, with a count of 0,
 * and at the day's end how many were left out.
 */
export function createDayCap(options: {
  maxBytes: number;
  now(): number;
  leftOut(lines: number): void;
}): DayCap {
  let day = "";
  let written = 0;
  let missing = 0;

  function close(): void {
    if (missing > 0) options.leftOut(missing);
    missing = 0;
  }

  function admits(bytes: number): boolean {
    const today = dayOf(options.now());
    if (today !== day) {
      close();
      day = today;
      written = 0;
    }
    if (written + bytes <= options.maxBytes) {
      written += bytes;
      return true;
    }
    if (missing === 0) options.leftOut(0);
    missing++;
    // A shorter line later would look as if nothing had been left out.
    written = options.maxBytes;
    return false;
  }

  return { admits, close };
}
