import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const project = mkdtempSync(join(tmpdir(), "rollcall-package-"));
/** What the types of two adapters speak of. */
const hosts = ["fastify@5.12.8", "@types/express@5"];
/** The machine's own Node, without the one that the project carries. */
const path = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((entry) => !entry.includes("node_modules"))
  .join(delimiter);
const env = { PATH: path, HOME: process.env.HOME, npm_config_loglevel: "error" };
const tarballs: Record<string, string> = {};

beforeAll(async () => {
  for (const name of ["schemas", "client"]) {
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", project], {
      cwd: join(root, name),
      env,
    });
    tarballs[name] = join(project, (JSON.parse(stdout) as [{ filename: string }])[0].filename);
  }
  write("package.json", JSON.stringify({ name: "app", private: true }));
  await run("npm", ["install", "--no-audit", "--no-fund", ...Object.values(tarballs), ...hosts], {
    cwd: project,
    env,
  });
}, 180_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(project, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Starts a client without a collector and prints what it says of itself. */
const body = `
const rollcall = createRollcall({ app: "app", version: "1.0.0", dataDir: process.argv[2], env: {} });
rollcall.track("timer.started", { project_id: 4 });
rollcall.close().then(() => console.log(rollcall.consent().decidedBy));
`;
const nodes = {
  "the machine's own Node": "node",
  "the Node that the project carries": process.execPath,
};

for (const [name, node] of Object.entries(nodes)) {
  test(`the packed client works from an ES module on ${name}`, async () => {
    const file = write("esm.mjs", `import { createRollcall } from "@rollcall/client";${body}`);
    const { stdout } = await run(node, [file, join(project, "data")], { cwd: project, env });
    expect(stdout).toBe("configuration\n");
  });

  test(`the packed client works from CommonJS on ${name}`, async () => {
    const file = write("cjs.cjs", `const { createRollcall } = require("@rollcall/client");${body}`);
    const { stdout } = await run(node, [file, join(project, "data")], { cwd: project, env });
    expect(stdout).toBe("configuration\n");
  });
}

test("the packed client compiles from TypeScript, and a wrong event does not", async () => {
  const app = (event: string) => `
import type { Catalogue } from "@rollcall/client";
import { createRollcall } from "@rollcall/client";
import { rollcallFastify } from "@rollcall/client/fastify";
import { rollcallHttp } from "@rollcall/client/http";
import { rollcallExpress } from "@rollcall/client/express";
import { createAdminHandler, createWizardHandler } from "@rollcall/client/admin";
import { startFakeCollector } from "@rollcall/client/testing";
const about = { description: "Something.", reason: "Why?", owner: "core", since: "1.0.0" };
const catalogue = {
  app: "app",
  version: 1,
  events: [{ name: "timer.started", ...about, properties: { project_id: { type: "id", description: "It." } } }],
} as const satisfies Catalogue;
const rollcall = createRollcall({ app: "app", dataDir: ".", catalogue });
rollcall.track("${event}", { project_id: 4 });
export { createAdminHandler, createWizardHandler, rollcall, rollcallExpress, rollcallFastify, rollcallHttp, startFakeCollector };
`;
  const compile = (file: string) =>
    run(
      join(bin, "tsc"),
      [
        "--noEmit",
        "--strict",
        "--module",
        "nodenext",
        "--target",
        "es2022",
        "--typeRoots",
        join(root, "node_modules/@types"),
        "--types",
        "node",
        file,
      ],
      { cwd: project, env },
    );
  await compile(write("good.mts", app("timer.started"))).catch((error) =>
    expect.fail(error.stdout),
  );
  const bad = await compile(write("bad.mts", app("timer.strated"))).catch((error) => error);
  expect(bad.stdout).toContain("timer.strated");
});

test("publint and arethetypeswrong find nothing to say about either package", async () => {
  for (const name of ["schemas", "client"]) {
    const { messages } = await publint({ pkgDir: join(root, name), strict: true });
    expect(messages, name).toEqual([]);
    // Ends with 1, and says why on its output, where it finds something.
    const args = [tarballs[name]!, "--profile", "esm-only", "--format", "table-flipped"];
    await run(join(bin, "attw"), args, { env: { ...env, PATH: process.env.PATH } }).catch((error) =>
      expect.fail(error.stdout),
    );
  }
}, 60_000);

test("the packages hold what they export, and neither tests nor sources", () => {
  for (const tarball of Object.values(tarballs)) {
    const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
    expect(files.filter((file) => /\.test\.|\/test\/|\/src\/|fixture/.test(file))).toEqual([]);
    expect(files).toContain("package/README.md");
    expect(files).toContain("package/LICENSE");
  }
  expect(readdirSync(join(project, "node_modules/.bin"))).toContain("rollcall-client");
});
