import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { catalogue } from "../test/catalogue.ts";
import { temporaryDirectory } from "../test/support.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const UNFILLED =
  "rollcall-keys/1 endpoint=%%ROLLCALL_ENDPOINT%% token=%%ROLLCALL_TOKEN%% sentry_dsn=%%ROLLCALL_SENTRY_DSN%%";
const TOKEN = "rc_0123456789abcdefghijklmnopqrstuvwxyz_x7Qa";
const SECRETS = {
  ROLLCALL_ENDPOINT: "https://telemetry.example.org/otlp",
  ROLLCALL_TOKEN: TOKEN,
  ROLLCALL_SENTRY_DSN: "https://abc123@sentry.example.org/7",
};

interface Run {
  code: number;
  out: string;
  err: string;
}

function run(args: string[], env: Record<string, string> = {}): Promise<Run> {
  const argv = ["--conditions=rollcall-source", main, ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { env: { ...env } }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

/** A bundle as a build leaves it: minified, with other bytes around the keys. */
function bundle(keys: string): { directory: string; path: string } {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "dist", "node_modules", "other"), { recursive: true });
  const path = join(directory, "dist", "app.js");
  writeFileSync(path, Buffer.from(`const a=1;var k="${keys}";\xff\xfe\x00b`, "latin1"));
  writeFileSync(join(directory, "dist", "node_modules", "other", "index.js"), `"${UNFILLED}"`);
  symlinkSync(directory, join(directory, "dist", "loop"));
  return { directory, path };
}

test("placeholders are found, filled in and then reported without the token", async () => {
  const { directory, path } = bundle(UNFILLED);
  chmodSync(path, 0o755);
  const before = readFileSync(path);
  const first = await run(["keys", "--check", directory]);
  expect(first).toMatchObject({ code: 1, err: "" });
  expect(first.out).toBe(
    `${path}:\n  endpoint: %%ROLLCALL_ENDPOINT%% is still a placeholder\n  token: %%ROLLCALL_TOKEN%% is still a placeholder\n  sentry_dsn: %%ROLLCALL_SENTRY_DSN%% is still a placeholder\n`,
  );

  const written = await run(["keys", "--write", directory], SECRETS);
  expect(written).toEqual({ code: 0, out: `${path}: 3 values written\n`, err: "" });
  const after = readFileSync(path);
  const filled = `rollcall-keys/1 endpoint=${SECRETS.ROLLCALL_ENDPOINT} token=${TOKEN} sentry_dsn=${SECRETS.ROLLCALL_SENTRY_DSN}`;
  expect(after.toString("latin1")).toBe(before.toString("latin1").replace(UNFILLED, filled));
  expect(statSync(path).mode & 0o777).toBe(0o755);
  // node_modules is left out unless it is named.
  const inside = join(directory, "dist", "node_modules");
  expect((await run(["keys", "--check", inside])).code).toBe(1);

  const check = await run(["keys", "--check", path]);
  expect(check.code).toBe(0);
  expect(check.out).toBe(
    `${path}:\n  endpoint: https://telemetry.example.org/otlp\n  token: set, 44 characters, ends …x7Qa\n  sentry_dsn: set, host sentry.example.org\n`,
  );
  expect(await run(["keys", "--write", path], SECRETS)).toMatchObject({
    code: 0,
    out: `${path}: no placeholder left\n`,
  });
});

test("what is not set is left empty, which a check accepts", async () => {
  const { path } = bundle(UNFILLED);
  expect((await run(["keys", "--write", path])).code).toBe(0);
  expect(readFileSync(path, "latin1")).toContain('"rollcall-keys/1 endpoint= token= sentry_dsn="');
  const check = await run(["keys", "--check", path]);
  expect(check).toMatchObject({
    code: 0,
    out: `${path}:\n  endpoint: empty\n  token: empty\n  sentry_dsn: empty\n`,
  });
});

test.each([
  [
    "a quote",
    { ROLLCALL_ENDPOINT: 'https://e.example.org/"hunter2' },
    "ROLLCALL_ENDPOINT: it holds",
  ],
  ["a space", { ...SECRETS, ROLLCALL_TOKEN: "Basic hunter2" }, "ROLLCALL_TOKEN: it holds"],
  ["a backslash", { ...SECRETS, ROLLCALL_TOKEN: "hunter2\\" }, "ROLLCALL_TOKEN: it holds"],
  ["a line break", { ...SECRETS, ROLLCALL_TOKEN: "hunter2\n" }, "ROLLCALL_TOKEN: it holds"],
  ["no address", { ROLLCALL_ENDPOINT: "hunter2" }, "ROLLCALL_ENDPOINT: it must be an http"],
  ["no DSN", { ROLLCALL_SENTRY_DSN: "hunter2" }, "ROLLCALL_SENTRY_DSN: it must be a DSN"],
  ["a token alone", { ROLLCALL_TOKEN: "hunter2" }, "ROLLCALL_TOKEN is set and"],
])("a value with %s is refused before any file is touched", async (_, env, problem) => {
  const { path } = bundle(UNFILLED);
  const refused = await run(["keys", "--write", path], env as Record<string, string>);
  expect(refused).toMatchObject({ code: 2, out: "", err: expect.stringContaining(problem) });
  expect(refused.err).not.toContain("hunter2");
  expect(readFileSync(path, "latin1")).toContain(UNFILLED);
});

test("nothing found, a value replaced in part and a short token are told apart", async () => {
  const { directory } = bundle("nothing");
  const none = { code: 1, out: "no rollcall-keys/1 text was found\n" };
  expect(await run(["keys", "--check", directory])).toMatchObject(none);
  expect(await run(["keys", "--write", directory], SECRETS)).toMatchObject(none);
  const half = bundle("rollcall-keys/1 endpoint=ftp://x token=short sentry_dsn=%%ROLLCALL_DSN");
  const check = await run(["keys", "--check", half.path]);
  expect(check.code).toBe(1);
  expect(check.out).toBe(
    `${half.path}:\n  endpoint: not acceptable\n  token: set, 5 characters\n  sentry_dsn: a placeholder was replaced in part\n`,
  );
});

test("this package holds nothing that would be taken for an app's keys", async () => {
  const source = fileURLToPath(new URL("..", import.meta.url));
  const { out } = await run(["keys", "--check", source]);
  const files = [...out.matchAll(/^(\/.*):$/gm)].map(([, path = ""]) => path.slice(source.length));
  // Types leave nothing in a bundle, and tests are not shipped.
  expect(files.filter((path) => path !== "options.ts" && !/\.test\.tsx?$/.test(path))).toEqual([]);
});

test("a catalogue becomes a module that the compiler holds track to", async () => {
  const directory = temporaryDirectory();
  const json = join(directory, "catalogue.json");
  const module = join(directory, "catalogue.ts");
  writeFileSync(json, JSON.stringify(catalogue));
  const printed = await run(["types", json]);
  expect(printed.code).toBe(0);
  expect(printed.out).toContain("as const satisfies Catalogue;");
  expect(await run(["types", json, "-o", module])).toMatchObject({
    code: 0,
    out: `${module}: 2 events\n`,
  });
  expect(readFileSync(module, "utf8")).toBe(printed.out);
  const literal = /export const catalogue = (.*) as const/s.exec(printed.out)?.[1] ?? "";
  expect(JSON.parse(literal)).toEqual(catalogue);
});

test("a catalogue that is none is refused in words", async () => {
  const directory = temporaryDirectory();
  const json = join(directory, "catalogue.json");
  writeFileSync(json, JSON.stringify({ ...catalogue, version: "one" }));
  const refused = await run(["types", json]);
  expect(refused.code).toBe(1);
  expect(refused.out).toContain('version: found "one"; allowed: a whole number');
  writeFileSync(json, "{");
  expect(await run(["types", json])).toMatchObject({
    code: 1,
    out: expect.stringContaining("no JSON"),
  });
});

test("a command that is none gets the help and exit code 2", async () => {
  for (const args of [
    [],
    ["keys"],
    ["keys", "--check"],
    ["keys", "--check", "--write", "x"],
    ["x"],
  ]) {
    expect(await run(args)).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining("rollcall-client keys --check PATH"),
    });
  }
  expect(await run(["--unknown"])).toMatchObject({ code: 2, out: "" });
  expect(await run(["keys", "--check", "/nowhere/at/all"])).toMatchObject({ code: 2, out: "" });
  expect(await run(["--help"])).toMatchObject({ code: 0, err: "" });
});
