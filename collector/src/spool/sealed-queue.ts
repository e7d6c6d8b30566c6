import type { SealedSegment } from "./directory.ts";

/** Closed segments in the order in which they are loaded. */
export interface SealedQueue {
  push(segment: SealedSegment): void;
  /** Takes a segment out; false where it is not in it. */
  remove(segment: SealedSegment): boolean;
  /** The oldest; waits for one, null once the signal is aborted. */
  next(signal: AbortSignal): Promise<SealedSegment | null>;
  oldest(): SealedSegment | undefined;
  length(): number;
  bytes(): number;
}

export function createSealedQueue(segments: SealedSegment[]): SealedQueue {
  const listeners = new Set<() => void>();
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return {
    push(segment) {
      segments.push(segment);
      bytes += segment.bytes;
      for (const listener of listeners) listener();
    },
    remove(segment) {
      const at = segments.indexOf(segment);
      if (at < 0) return false;
      segments.splice(at, 1);
      bytes -= segment.bytes;
      return true;
    },
    next(signal) {
      if (signal.aborted) return Promise.resolve(null);
      if (segments[0]) return Promise.resolve(segments[0]);
      return new Promise((resolve) => {
        const wake = () => {
          listeners.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve(signal.aborted ? null : (segments[0] ?? null));
        };
        listeners.add(wake);
        signal.addEventListener("abort", wake);
      });
    },
    oldest: () => segments[0],
    length: () => segments.length,
    bytes: () => bytes,
  };
}
