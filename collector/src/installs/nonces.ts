/** Remembers which nonces were used, for as long as a request with one of them could be repeated. */
export interface Nonces {
  /** "full" where too many are remembered to take another. */
  use(installId: string, nonce: string, now: number): "fresh" | "used" | "full";
}

/**
 * @param windowMs how long a nonce is remembered
 * @param most how many are; only correctly signed requests get here
 */
export function createNonces(windowMs: number, most = 50_000): Nonces {
  // In the order of their use, so the oldest come first.
  const usedAt = new Map<string, number>();

  function forget(now: number): void {
    for (const [key, at] of usedAt) {
      if (now - at <= windowMs) return;
      usedAt.delete(key);
    }
  }

  return {
    use(installId, nonce, now) {
      forget(now);
      const key = `${installId} ${nonce}`;
      if (usedAt.has(key)) return "used";
      if (usedAt.size >= most) return "full";
      usedAt.set(key, now);
      return "fresh";
    },
  };
}
