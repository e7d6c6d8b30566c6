import { createHmac } from "node:crypto";

/** Turns an identity into the number that is stored in its place; 0n where there is none. */
export type UserHasher = (app: string, installId: string, identity: string) => bigint;

const MAX_REMEMBERED = 8_192;

/**
 * The user of an install as the first 8 bytes of HMAC-SHA256(key, app NUL install NUL identity).
 * The key never leaves this collector, so the number means nothing anywhere else, and the same
 * identity in two installs gives two numbers. The identity itself goes no further than this.
 *
 * @param key 32 random bytes
 */
export function createUserHasher(key: Buffer): UserHasher {
  // Records come in runs of one user, and a day's users come again: one memo, one bounded map.
  const remembered = new Map<string, bigint>();
  let lastApp = "";
  let lastInstall = "";
  let lastIdentity = "";
  let last = 0n;

  function hash(name: string): bigint {
    const known = remembered.get(name);
    if (known !== undefined) return known;
    const fresh = createHmac("sha256", key).update(name).digest().readBigUInt64BE(0);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(name, fresh);
    return fresh;
  }

  return (app, installId, identity) => {
    if (identity === "") return 0n;
    if (identity === lastIdentity && installId === lastInstall && app === lastApp) return last;
    last = hash(`${app}\0${installId}\0${identity}`);
    lastApp = app;
    lastInstall = installId;
    lastIdentity = identity;
    return last;
  };
}
