import { hash, verify } from "@node-rs/argon2";
import { createGate } from "../engine/gate.ts";

export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 256;

/** Each takes 19 MiB and a core for as long as it runs. */
const MOST_AT_ONCE = 2;
/** Whoever would have to wait for more than these is told to come again. */
const MOST_WAITING = 8;
/** OWASP's choice for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet). */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes and checks passwords, a few at a time. */
export interface Passwords {
  /** Argon2id in its own text form. "busy": too many wait already. */
  hash(password: string): Promise<string | "busy">;
  /** @param stored null where there is no such user: it takes as long, and is never right */
  matches(stored: string | null, password: string): Promise<boolean | "busy">;
}

/** @example const stored = await createPasswords().hash("correct horse battery"); // "$argon2id$v=19$…" */
export function createPasswords(): Passwords {
  const gate = createGate(MOST_AT_ONCE, MOST_WAITING);
  let nobodys: Promise<string> | null = null;

  async function limited<T>(work: () => Promise<T>): Promise<T | "busy"> {
    const leave = await gate.enter();
    if (leave === null) return "busy";
    try {
      return await work();
    } finally {
      leave();
    }
  }

  return {
    hash: (password) => limited(() => hash(password, OPTIONS)),
    matches: (stored, password) =>
      limited(async () => {
        nobodys ??= hash("the password of nobody", OPTIONS);
        const right = await verify(stored ?? (await nobodys), password);
        return stored !== null && right;
      }),
  };
}
