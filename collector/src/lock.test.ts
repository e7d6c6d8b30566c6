import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireDataDirectory } from "./lock.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "rollcall-lock-test-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("the data directory's lock", () => {
  it("is held by one at a time, and says so in one line", async () => {
    const lock = await acquireDataDirectory(directory, 0);
    await expect(acquireDataDirectory(directory, 150)).rejects.toThrow(
      `the data directory ${directory} is used by another collector (waited 0 s)`,
    );
    await lock.release();
    await lock.release();
    await (await acquireDataDirectory(directory, 0)).release();
  });

  it("is taken as soon as it is free, by one of those who wait", async () => {
    const first = await acquireDataDirectory(directory, 0);
    let held = 0;
    let most = 0;
    const waiting = [1, 2, 3].map(async () => {
      const lock = await acquireDataDirectory(directory, 5_000);
      most = Math.max(most, ++held);
      await new Promise((resolve) => setTimeout(resolve, 50));
      held--;
      await lock.release();
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(most).toBe(0);
    await first.release();
    await Promise.all(waiting);
    expect(most).toBe(1);
  });

  it("ends with a process that is killed", async () => {
    const program = `
      const { acquireDataDirectory } = await import(${JSON.stringify(new URL("./lock.ts", import.meta.url).href)});
      globalThis.held = await acquireDataDirectory(${JSON.stringify(directory)}, 0);
      console.log("held");
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      for await (const line of createInterface({ input: holder.stdout })) {
        expect(line).toBe("held");
        break;
      }
      await expect(acquireDataDirectory(directory, 100)).rejects.toThrow("another collector");
    } finally {
      holder.kill("SIGKILL");
    }
    await (await acquireDataDirectory(directory, 5_000)).release();
  });

  it("makes a directory that does not exist, whatever its path is made of", async () => {
    const deep = join(directory, `${"long-".repeat(30)}{a,b}*?'"`, "data");
    await (await acquireDataDirectory(deep, 0)).release();
  });

  it("names what it cannot lock", async () => {
    writeFileSync(
      join(directory, "collector.lock"),
      "this is no lock file, and long enough".repeat(200),
    );
    await expect(acquireDataDirectory(directory, 0)).rejects.toThrow(
      /^cannot lock .*collector\.lock/,
    );
  });
});
