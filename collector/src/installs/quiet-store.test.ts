import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { quietStore } from "./quiet-store.ts";

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

test("a refused statement keeps its code and repeats no install id", async () => {
  const installId = "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11";
  const sql = "SELECT nothing FROM events WHERE install_id = {installId:UUID}";
  const asked = async (store: Pick<TestStore["store"], "query">) =>
    store.query(sql, { installId }).catch((error: Error & { code: string }) => error);
  const loud = (await asked(opened.store)) as Error & { code: string };
  // The reason for all this.
  expect(loud.message).toContain(installId);
  const quiet = (await asked(quietStore(opened.store))) as Error & { code: string };
  expect(`${quiet.message} ${quiet.stack}`).not.toContain(installId);
  expect(quiet.code).toBe(loud.code);
});
