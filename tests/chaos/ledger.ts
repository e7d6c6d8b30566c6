/** What the load generator knows of every record it sent; one list of ids each. */
export interface Ledger {
  /** Answered with 200: must be stored exactly once. */
  acknowledged: number[];
  /** Answered with 429 or 503: must not be stored. */
  refused: number[];
  /** Sent and never answered, and not repeated: may be stored once, or not. */
  unknown: number[];
}

export interface Verdict {
  stored: number;
  lost: number[];
  doubled: number[];
  /** Stored although the sender was told that nothing was kept, or never sent at all. */
  unexpected: number[];
}

/**
 * Compares the ledger with the store, record by record.
 *
 * @param copies how often each id is stored
 */
export function judge(ledger: Ledger, copies: ReadonlyMap<number, number>): Verdict {
  const allowed = new Set([...ledger.acknowledged, ...ledger.unknown]);
  return {
    stored: copies.size,
    lost: ledger.acknowledged.filter((id) => !copies.has(id)),
    doubled: [...copies].filter(([, count]) => count > 1).map(([id]) => id),
    unexpected: [...copies.keys()].filter((id) => !allowed.has(id)),
  };
}

export function isClean(verdict: Verdict): boolean {
  return verdict.lost.length + verdict.doubled.length + verdict.unexpected.length === 0;
}
