import { expect, it } from "vitest";
import type { Result } from "./api.ts";
import { askPatiently, waitFor } from "./patience.ts";

const refused = (status: number, retryAfter: number | null): Result<string> => ({
  ok: false,
  error: { status, code: "", message: "", requestId: "", retryAfter },
});
const answered: Result<string> = { ok: true, value: "answer" };

/** What comes of a row of answers, the last of them over and over, and the waits in between. */
async function come(answers: Result<string>[], goOn = true) {
  const waits: number[] = [];
  let asked = 0;
  const result = await askPatiently(
    async () => answers[Math.min(asked++, answers.length - 1)] as Result<string>,
    async (seconds) => {
      waits.push(seconds);
      return goOn;
    },
  );
  return { result, asked, waits };
}

it("waits as long as it is told, and asks again", async () => {
  const answers = [refused(429, 5), refused(503, 1), answered];
  expect(await come(answers)).toEqual({ result: answered, asked: 3, waits: [5, 1] });
});

it("gives up after two waits", async () => {
  const busy = refused(429, 5);
  expect(await come([busy])).toEqual({ result: busy, asked: 3, waits: [5, 5] });
});

it.each([
  ["nobody says when to come back", refused(500, null)],
  ["that is too late", refused(503, 30)],
])("does not wait where %s", async (_, answer) => {
  expect(await come([answer, answered])).toEqual({ result: answer, asked: 1, waits: [] });
});

it("asks no more when the answer is not wanted any more", async () => {
  const busy = refused(429, 5);
  expect(await come([busy, answered], false)).toEqual({ result: busy, asked: 1, waits: [5] });
});

it("ends a wait at once that was given up, before it or during it", async () => {
  const asked = new AbortController();
  const waiting = waitFor(3600, asked.signal);
  asked.abort();
  expect(await waiting).toBe(false);
  expect(await waitFor(3600, asked.signal)).toBe(false);
});
