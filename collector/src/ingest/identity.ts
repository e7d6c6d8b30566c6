import { createHmac } from "node:crypto";

/** Turns an identity into the number that is stored in its place; 0n where there is none. */
type UserHasher = (app: string, installId: string, identity: string) => bigint;

const MAX_REMEMBERED = 8_192;

/**
 * The user of an install as the first 8 bytes of HMAC-SHA256(key, app NUL install NUL identity).
 * The key never leaves this collector, so the number means nothing anywhere else, and the same
 * identity in two installs gives two numbers. The identity itself goes no further than this.
 *
 * @param key 32 random bytes
 */
export function createUserHasher(key: Buffer): UserHasher {
  // By app and install, then by identity. Records come in runs of one install: the last one's users
  // stay at hand. When full all is forgotten; what is still in use is soon there again.
  const byInstall = new Map<string, Map<string, bigint>>();
  let remembered = 0;
  let users = new Map<string, bigint>();
  let lastApp = "";
  let lastInstall = "";

  function usersOf(app: string, installId: string): Map<string, bigint> {
    const scope = `${app}\0${installId}`;
    const known = byInstall.get(scope) ?? new Map<string, bigint>();
    byInstall.set(scope, known);
    return known;
  }

  function forgetAll(): void {
    byInstall.clear();
    remembered = 0;
  }

  return (app, installId, identity) => {
    if (identity === "") return 0n;
    if (installId !== lastInstall || app !== lastApp) {
      users = usersOf(app, installId);
      lastApp = app;
      lastInstall = installId;
    }
    const known = users.get(identity);
    if (known !== undefined) return known;
    if (++remembered > MAX_REMEMBERED) {
      forgetAll();
      users = usersOf(app, installId);
    }
    const name = `${app}\0${installId}\0${identity}`;
    const fresh = createHmac("sha256", key).update(name).digest().readBigUInt64BE(0);
    users.set(identity, fresh);
    return fresh;
  };
}
