import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { bytesNeeded, checkDisk } from "./directory.ts";
import { smallFleet, temporary } from "./testing.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

interface Run {
  code: number;
  output: string;
}

function fleet(...options: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const argv = ["--conditions=rollcall-source", main, ...options];
    execFile(process.execPath, argv, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}

describe("npm run fleet", () => {
  const directory = temporary();
  afterAll(() => directory.remove());
  const small = ["--installs", "30", "--days", "10", "--events", "200"];

  test("tells the rows of each table and how to look at them, and may be run again", async () => {
    const data = join(directory.path, "fleet");
    for (const seed of ["1", "2"]) {
      const { code, output } = await fleet(...small, "--seed", seed, "--data", data);
      expect(code).toBe(0);
      expect(output).toMatch(/^ {2}events +\d+$/m);
      expect(output).toContain(`ROLLCALL_DATA_DIR=${data} npm start`);
    }
    expect(existsSync(join(data, "engine"))).toBe(true);
  }, 60_000);

  test("touches no directory that it did not make, unless it is told to", async () => {
    const data = join(directory.path, "foreign");
    mkdirSync(join(data, "spool"), { recursive: true });
    writeFileSync(join(data, "secrets.json"), "{}");
    writeFileSync(join(data, "spool", "mine"), "");
    const refused = await fleet(...small, "--data", data);
    expect(refused).toEqual({
      code: 1,
      output: expect.stringMatching(/^fleet: --data: found .* with spool in it, allowed is .*\n$/),
    });
    expect(existsSync(join(data, "spool", "mine"))).toBe(true);
    expect((await fleet(...small, "--data", data, "--force")).code).toBe(0);
    expect(existsSync(join(data, "spool"))).toBe(false);
    expect(existsSync(join(data, "secrets.json"))).toBe(true);
  });

  test.each([
    [["--installs", "0"], /^fleet: --installs: found "0", allowed is a whole number from 1 to/],
    [["--days", "391"], /^fleet: --days: found "391", allowed is a whole number from 2 to 390/],
    [
      ["--until", "2026-02-30"],
      /^fleet: --until: found "2026-02-30", allowed is a day up to today/,
    ],
    [["--app", "unheard-of"], /^fleet: --app: found "unheard-of", allowed is an app with a file/],
    [["--wrong"], /^fleet: Unknown option '--wrong'/],
  ])("%j is refused in one line", async (options, line) => {
    const { code, output } = await fleet(...options, "--data", join(directory.path, "none"));
    expect(code).toBeGreaterThan(0);
    expect(output).toMatch(line);
    expect(output.trim().split("\n")).toHaveLength(1);
  });

  test("says what a fleet needs that the disk does not have", async () => {
    const huge = smallFleet({ events: 1e15 });
    expect(bytesNeeded(smallFleet())).toBeLessThan(1e9);
    await expect(checkDisk(directory.path, huge)).rejects.toThrow(
      /free, needed are about 15\d+\.\d GB/,
    );
  });
});
