import type { Auth } from "../read/auth.ts";
import { createFailureLimit } from "../read/session.ts";
import { hashOfToken } from "../settings/new-token.ts";

/** What a token opens here. */
export type SqlCaller =
  /** Every table. */
  | { kind: "everything" }
  /** What is published of these apps; null: of all. */
  | { kind: "restricted"; apps: readonly string[] | null }
  /** The token is right, and for something else. */
  | { kind: "forbidden" }
  | { kind: "nobody" }
  /** Too many wrong tokens: nobody learns now whether this one, which is new here, is right. */
  | { kind: "limited" };

/** Tokens that were right before and so are never held up by somebody's guesses. */
const MOST_KNOWN = 1000;

/**
 * Tells what tokens open. Ten wrong ones at once, then one in five seconds, for everybody together;
 * beyond them only tokens that were right before are looked at.
 */
export function createSqlCallers(
  auth: Pick<Auth, "byToken">,
  now: () => Date,
): (token: string) => SqlCaller {
  const wrong = createFailureLimit(10, 5);
  const known = new Set<string>();
  return (token) => {
    const hash = hashOfToken(token);
    if (!known.has(hash) && !wrong.allows(now())) return { kind: "limited" };
    const caller = auth.byToken(token, now());
    if (caller.kind !== "known") {
      known.delete(hash);
      wrong.fail(now());
      return { kind: "nobody" };
    }
    if (known.size < MOST_KNOWN) known.add(hash);
    // The scope sql is only ever given for all apps: no text of a statement keeps it to some.
    if (caller.scopes.has("sql") && caller.apps === null) return { kind: "everything" };
    if (caller.scopes.has("restricted")) return { kind: "restricted", apps: caller.apps };
    return { kind: "forbidden" };
  };
}
