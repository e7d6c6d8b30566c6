import { describe, expect, it } from "vitest";
import { createPasswords } from "./passwords.ts";

const PASSWORD = "correct horse battery";

describe("passwords", () => {
  it("match what was hashed, and nothing else", async () => {
    const passwords = createPasswords();
    const stored = await passwords.hash(PASSWORD);
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.hash(PASSWORD)).not.toBe(stored);
    expect(await passwords.matches(stored, PASSWORD)).toBe(true);
    expect(await passwords.matches(stored, `${PASSWORD} `)).toBe(false);
  });

  it("of nobody never match, and take as long as anybody's", async () => {
    const passwords = createPasswords();
    const stored = String(await passwords.hash(PASSWORD));
    await passwords.matches(null, PASSWORD);
    /** The best of three: how long it takes where nothing else holds it up. */
    const milliseconds = async (of: string | null) => {
      const times: number[] = [];
      for (let time = 0; time < 3; time++) {
        const began = performance.now();
        expect(await passwords.matches(of, "the password of nobody")).toBe(false);
        times.push(performance.now() - began);
      }
      return Math.min(...times);
    };
    expect(await milliseconds(null)).toBeGreaterThan((await milliseconds(stored)) / 5);
  });

  it("are worked on a few at a time: a flood is turned away at once", async () => {
    const passwords = createPasswords();
    const tries = Array.from({ length: 30 }, () => passwords.matches(null, PASSWORD));
    const answers = await Promise.all(tries);
    expect(answers.filter((answer) => answer === false)).toHaveLength(10);
    expect(answers.filter((answer) => answer === "busy")).toHaveLength(20);
    expect(await passwords.matches(null, PASSWORD)).toBe(false);
  });
});
