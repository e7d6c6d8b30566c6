/** What an erasure did, for whoever asked. The same as the client's `ErasureReceipt`. */
export interface Receipt {
  app: string;
  install_id: string;
  /** ISO 8601. */
  erased_at: string;
  /** Rows that were erased, by table. */
  rows: Record<string, number>;
  /** What may remain for a while, and until when, in words. */
  remains: string[];
}

const DAY_MS = 86_400_000;
const UID_DAYS = 22;

export function receiptOf(erased: {
  app: string;
  installId: string;
  erasedAt: Date;
  rows: Record<string, number>;
}): Receipt {
  const at = erased.erasedAt.toISOString();
  const uidsUntil = new Date(erased.erasedAt.getTime() + UID_DAYS * DAY_MS);
  return {
    app: erased.app,
    install_id: erased.installId,
    erased_at: at,
    rows: erased.rows,
    remains: [
      "A hash of app and install id stays, so that records that come late are not stored.",
      `Hashes of record ids stay until ${uidsUntil.toISOString().slice(0, 10)}; nothing leads from them to an install.`,
      "Files that the deletion replaced leave the disk within about ten minutes.",
      `Backups made before ${at} keep the rows until whoever runs the collector deletes them.`,
      "Damaged data that was set aside unread stays until whoever runs the collector deletes it.",
    ],
  };
}
