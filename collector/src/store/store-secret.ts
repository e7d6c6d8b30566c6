import { withClaimLock } from "./claim-lock.ts";
import type { Store } from "./client.ts";

const LOCK = "store_secrets_lock";

interface SecretParts {
  store: Store;
  /** The spool's UUID. */
  holder: string;
  name: string;
  /** What it is where the store has none yet. */
  first: Buffer;
  signal: AbortSignal;
}

/**
 * A secret of the store: whichever collector needs it first gives it, and all of them have the same from
 * then on.
 *
 * @throws what the store throws, and AbortError
 */
export async function storeSecret(parts: SecretParts): Promise<Buffer> {
  const { store, holder, name, first, signal } = parts;
  const read = async () => {
    const [row] = await store.query<{ secret: string }>(
      "SELECT secret FROM store_secrets WHERE name = {name:String} ORDER BY made_at LIMIT 1",
      { name },
    );
    return row && Buffer.from(row.secret, "base64url");
  };
  const known = await read();
  if (known !== undefined) return known;
  let found = first;
  const give = async () => {
    const other = await read();
    if (other !== undefined) {
      found = other;
      return;
    }
    await store.command(
      "INSERT INTO store_secrets SELECT {name:String}, now64(3, 'UTC'), {secret:String}",
      { params: { name, secret: first.toString("base64url") }, settings: { async_insert: 0 } },
    );
  };
  await withClaimLock(store, holder, signal, give, undefined, LOCK);
  return found;
}
