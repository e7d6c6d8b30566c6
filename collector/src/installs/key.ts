import type { Store } from "../store/client.ts";

/**
 * The first key that an install sent, in base64url: whoever sends another one later takes nothing over.
 * "" where it never sent one, null where nothing is stored about it.
 */
export async function firstKey(
  store: Store,
  app: string,
  installId: string,
): Promise<string | null> {
  const [row] = await store.query<{ install_key: string }>(
    `SELECT install_key FROM installs_latest
     WHERE app = {app:String} AND install_id = {installId:UUID}`,
    { app, installId },
  );
  return row?.install_key ?? null;
}
