import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { freePort } from "../support/collector.ts";
import { waitFor } from "../support/processes.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

function demo(...options: string[]) {
  const child = spawn(process.execPath, ["--conditions=rollcall-source", main, ...options]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const ended = once(child, "close").then(([code]) => code as number | null);
  return { child, ended, output: () => output };
}

describe("npm run demo", () => {
  test("plays the fleet, prints a sign-in link that works, and ends in order on Ctrl-C", async () => {
    const port = await freePort();
    const run = demo("--installs", "20", "--days", "3", "--port", String(port));
    try {
      await waitFor("it sends live", 25_000, () => run.output().includes("Sending live"));
      const [, token] = /#token=(\S+)/.exec(run.output()) ?? [];
      const session = await fetch(`http://127.0.0.1:${port}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token }),
      });
      expect(session.status).toBe(204);
      expect(run.output()).not.toContain("refused");
    } finally {
      run.child.kill("SIGINT");
    }
    expect(await run.ended).toBe(0);
    await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow();
  });

  test("an option out of range is refused in one line", async () => {
    const run = demo("--installs", "0");
    expect(await run.ended).toBe(2);
    expect(run.output().trim()).toMatch(/^--installs: found "0", allowed is .*$/);
  });
});
