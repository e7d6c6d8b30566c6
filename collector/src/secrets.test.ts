import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "./config.ts";
import { loadSecrets, parseIngestTokens } from "./secrets.ts";

let root: string;
let dataDir: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "rollcall-secrets-"));
  dataDir = join(root, "data");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const load = (ingestTokensEnv?: string, adminTokenEnv?: string) =>
  loadSecrets({ dataDir, ingestTokensEnv, adminTokenEnv });

/** The one line that a bad setting stops the start with. */
async function refusal(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { message } = error as ConfigError;
    expect(message).not.toContain("\n");
    return message;
  }
  throw new Error("it was not refused");
}

describe("loadSecrets", () => {
  it("makes tokens and keys at the first start and reads the same ones at the next", async () => {
    const first = await load();
    expect(first.generated).toEqual({ admin: true, ingest: true });
    expect(first.adminToken).toMatch(/^rca_[A-Za-z0-9_-]{43}$/);
    expect(first.ingest).toEqual([
      {
        app: "default",
        token: expect.stringMatching(/^rci_[A-Za-z0-9_-]{43}$/),
        backfill: false,
        unattributed: false,
      },
    ]);
    expect(first.sessionKey).toHaveLength(32);
    expect(first.userHashKey).toHaveLength(32);
    expect(first.sessionKey.equals(first.userHashKey)).toBe(false);
    expect(await load()).toEqual({ ...first, generated: { admin: false, ingest: false } });
  });

  it("makes a token at the first start that needs it and says so", async () => {
    await load("demo:demo-token", "admin-token-of-mine");
    const later = await load("demo:demo-token");
    expect(later.generated).toEqual({ admin: true, ingest: false });
    expect(later.adminToken).toMatch(/^rca_/);
    expect((await load("demo:demo-token")).adminToken).toBe(later.adminToken);
  });

  it("keeps the file to its owner and leaves no other file behind", async () => {
    await load();
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dataDir, "secrets.json"))).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(["secrets.json"]);
  });

  it("narrows a file that others could read", async () => {
    const first = await load();
    await chmod(join(dataDir, "secrets.json"), 0o644);
    expect((await load()).adminToken).toBe(first.adminToken);
    expect((await stat(join(dataDir, "secrets.json"))).mode & 0o777).toBe(0o600);
  });

  it("takes tokens from the environment and keeps the keys in the file all the same", async () => {
    const first = await load();
    const second = await load(
      "timetracker:rci_8f3a61,demo:demo-token:backfill,demo:other-token:unattributed+backfill",
      "admin-token-of-mine",
    );
    expect(second.ingest).toEqual([
      { app: "timetracker", token: "rci_8f3a61", backfill: false, unattributed: false },
      { app: "demo", token: "demo-token", backfill: true, unattributed: false },
      { app: "demo", token: "other-token", backfill: true, unattributed: true },
    ]);
    expect(second.adminToken).toBe("admin-token-of-mine");
    expect(second.generated).toEqual({ admin: false, ingest: false });
    expect(second.userHashKey).toEqual(first.userHashKey);
    expect(await readFile(join(dataDir, "secrets.json"), "utf8")).not.toContain(
      "admin-token-of-mine",
    );
  });

  it("gives two first starts at once the same tokens and keys", async () => {
    const starts = await Promise.all(Array.from({ length: 8 }, () => load()));
    for (const { adminToken, ingest, userHashKey } of starts) {
      expect(adminToken).toBe(starts[0]?.adminToken);
      expect(ingest).toEqual(starts[0]?.ingest);
      expect(userHashKey).toEqual(starts[0]?.userHashKey);
    }
    expect(starts.filter(({ generated }) => generated.admin)).toHaveLength(1);
    expect(await readdir(dataDir)).toEqual(["secrets.json"]);
  });

  it.each([
    ["", "not JSON"],
    ['{"adminToken":"rca_1234567890123"}', '"sessionKey"'],
    ['{"adminToken":"rca_1234567890123","ingestToken":"short"}', '"ingestToken"'],
    ['{"adminToken":"rca_12345678"}', '"adminToken"'],
    ["null", '"sessionKey"'],
    [
      '{"adminToken":"rca_1234567890123","ingestToken":"rci_12345678","sessionKey":"c2hvcnQ","userHashKey":"c2hvcnQ"}',
      '"sessionKey"',
    ],
  ])("refuses a corrupt file %j instead of replacing its keys", async (text, named) => {
    await load();
    await writeFile(join(dataDir, "secrets.json"), text);
    const message = await refusal(() => load());
    expect(message).toContain(named);
    expect(message).toContain("secrets.json");
    expect(await readFile(join(dataDir, "secrets.json"), "utf8")).toBe(text);
  });

  it("says which directory cannot be made", async () => {
    await writeFile(dataDir, "a file where the directory should be");
    expect(await refusal(() => load())).toMatch(/^ROLLCALL_DATA_DIR: found .*data/);
  });

  it("refuses an administrator's token that ingest clients also have", async () => {
    const message = await refusal(() => load("demo:shared-token-of-both", "shared-token-of-both"));
    expect(message).toMatch(/^ROLLCALL_ADMIN_TOKEN: /);
    expect(message).not.toContain("shared-token-of-both");
  });

  it.each(["short", "fifteen-letters", "has a space in it", "x".repeat(257), "ünïcödé-token"])(
    "refuses the administrator's token %j without repeating it",
    async (token) => {
      const message = await refusal(() => load(undefined, token));
      expect(message).toMatch(/^ROLLCALL_ADMIN_TOKEN: found \d+ characters/);
      expect(message).not.toContain(token);
    },
  );
});

describe("parseIngestTokens", () => {
  it("allows spaces around entries and several tokens for one app", () => {
    expect(parseIngestTokens("demo:old-token , demo:new-token")).toEqual([
      { app: "demo", token: "old-token", backfill: false, unattributed: false },
      { app: "demo", token: "new-token", backfill: false, unattributed: false },
    ]);
  });

  it.each([
    ["s3cret-token", "1 parts", 1],
    ["S3cret-token:demo", "an app name of 12 characters", 1],
    ["demo:s3cret-token,Demo:other-token", "an app name of 4 characters", 2],
    ["demo:s3cret-token,", "nothing", 2],
    ["demo:s3cret-token:admin", "that is no right", 1],
    ["demo:s3cret-token:backfill:x", "4 parts", 1],
    ["demo:short", "a token of 5 characters", 1],
    ["demo:s3cret token", "a token of 12 characters", 1],
    [`${"a".repeat(41)}:s3cret-token`, "an app name of 41 characters", 1],
    ["demo:s3cret-token,other:s3cret-token", "the same token as in entry 1", 2],
  ])("refuses %j and names the entry, not the token", async (text, found, place) => {
    const message = await refusal(() => parseIngestTokens(text));
    expect(message).toMatch(/^ROLLCALL_INGEST_TOKENS: found /);
    expect(message).toContain(found);
    expect(message).toContain(`entry ${place} of`);
    expect(message).toContain("allowed is");
    expect(message).not.toMatch(/s3cret/i);
  });
});
