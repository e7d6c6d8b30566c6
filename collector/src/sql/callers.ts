import { createHmac, randomBytes } from "node:crypto";
import type { Auth } from "../read/auth.ts";
import { createFailureLimit } from "../read/session.ts";
import type { Scope } from "../settings/kinds.ts";
import { LONGEST_PASSWORD, type Passwords } from "../settings/passwords.ts";
import type { Settings } from "../settings/types.ts";
import type { Credentials } from "./credentials.ts";

/** What credentials open here. */
export type SqlCaller =
  /** Every table. */
  | { kind: "everything" }
  /** What is published of these apps; null: of all. */
  | { kind: "restricted"; apps: readonly string[] | null }
  /** They are right, and for something else. */
  | { kind: "forbidden" }
  | { kind: "nobody" }
  /** Too many wrong ones: nobody learns now whether these, which are new here, are right. */
  | { kind: "limited" };

interface CallersDeps {
  auth: Pick<Auth, "byToken">;
  settings: Pick<Settings, "get">;
  passwords: Pick<Passwords, "matches">;
  now(): Date;
}

/** Credentials that were right before and so are never held up by somebody's guesses. */
const MOST_KNOWN = 1000;

const NOBODY: SqlCaller = { kind: "nobody" };
const LIMITED: SqlCaller = { kind: "limited" };

/**
 * Tells what credentials open: the administrator's token, API tokens, users' passwords. Ten wrong ones at
 * once, then one in five seconds, for everybody together; beyond them only those that were right before
 * are looked at.
 */
export function createSqlCallers({
  auth,
  settings,
  passwords,
  now,
}: CallersDeps): (credentials: Credentials) => Promise<SqlCaller> {
  const wrong = createFailureLimit(10, 5);
  // Passwords are not as long as tokens: a hash of one is of no use without this key.
  const key = randomBytes(32);
  /** By a hash of the credentials: the password's hash at that time, or null for a token. */
  const known = new Map<string, string | null>();

  const keep = (mark: string, passwordHash: string | null) => {
    if (known.size < MOST_KNOWN) known.set(mark, passwordHash);
  };

  function userOf(name: string, passwordHash: string): SqlCaller | null {
    const user = settings.get("user", name);
    // Another password, or none any more.
    if (user === null || user.passwordHash !== passwordHash) return null;
    return user.role === "administrator" && user.apps === null
      ? { kind: "everything" }
      : { kind: "restricted", apps: user.apps };
  }

  function tokenOf(secret: string): SqlCaller | null {
    const caller = auth.byToken(secret, now());
    return caller.kind === "known" ? opened(caller) : null;
  }

  return async ({ name, secret }) => {
    const userName = name.toLowerCase();
    const mark = createHmac("sha256", key).update(`${userName}\0${secret}`).digest("base64");
    const before = known.get(mark);
    if (before !== undefined) {
      const still = before === null ? tokenOf(secret) : userOf(userName, before);
      if (still !== null) return still;
      known.delete(mark);
    }
    if (!wrong.allows(now())) return LIMITED;
    const token = tokenOf(secret);
    if (token !== null) {
      keep(mark, null);
      return token;
    }
    // Counted before the password is checked: many at once are no way around the limit.
    wrong.fail(now());
    if (userName === "" || secret.length > LONGEST_PASSWORD) return NOBODY;
    const passwordHash = settings.get("user", userName)?.passwordHash ?? null;
    const right = await passwords.matches(passwordHash, secret);
    if (right === "busy") {
      wrong.forgive();
      return LIMITED;
    }
    const user = right && passwordHash !== null ? userOf(userName, passwordHash) : null;
    if (user === null) return NOBODY;
    wrong.forgive();
    keep(mark, passwordHash);
    return user;
  };
}

function opened(caller: { scopes: ReadonlySet<Scope>; apps: readonly string[] | null }): SqlCaller {
  // The scope sql is only ever given for all apps: no text of a statement keeps it to some.
  if (caller.scopes.has("sql") && caller.apps === null) return { kind: "everything" };
  if (caller.scopes.has("restricted")) return { kind: "restricted", apps: caller.apps };
  return { kind: "forbidden" };
}
