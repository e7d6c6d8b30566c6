import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { createStore } from "../store/client.ts";
import { superviseEngine } from "./supervise.ts";
import { eventually, isAlive, SILENT, startTestEngine, type TestEngine } from "./testing.ts";

const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function started(...options: Parameters<typeof startTestEngine>): Promise<TestEngine> {
  const test = await startTestEngine(...options);
  cleanUp.push(test.stop);
  return test;
}

describe("the engine's supervisor", () => {
  it("starts another engine when one is killed, and no stored row is lost", async () => {
    let restarts = 0;
    const { engine } = await started({ onRestart: () => restarts++ });
    const store = createStore({ engine });
    await store.command("CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n");
    for (let round = 1; round <= 2; round++) {
      await store.command("INSERT INTO t SELECT number FROM numbers(1000)");
      const [pid, password] = [engine.pid() as number, engine.password];
      process.kill(pid, "SIGKILL");
      expect(await eventually(() => restarts === round)).toBe(true);
      expect(engine.pid()).not.toBe(pid);
      expect(engine.password).not.toBe(password);
      expect(await store.query("SELECT count() AS n FROM t")).toEqual([{ n: round * 1000 }]);
    }
    expect(engine.state()).toBe("ready");
    await store.close();
  });

  it("tells its state, its process and its memory", async () => {
    const { engine } = await started();
    expect(engine.state()).toBe("ready");
    expect(isAlive(engine.pid() as number)).toBe(true);
    expect(await eventually(() => (engine.rssBytes() ?? 0) > 50_000_000)).toBe(true);
    const pid = engine.pid() as number;
    await engine.stop();
    await engine.stop();
    expect([engine.state(), engine.pid(), engine.rssBytes(), isAlive(pid)]).toEqual([
      ...["stopped", null, null, false],
    ]);
  });

  it("lets a running statement finish when it stops", async () => {
    const { engine } = await started();
    const store = createStore({ engine });
    const slow = store.query("SELECT sleep(1) AS s");
    await new Promise((resolve) => setTimeout(resolve, 200));
    await engine.stop();
    expect(await slow).toEqual([{ s: 0 }]);
    await store.close();
  });

  it("survives Ctrl-C in its process group and ends on SIGTERM", async () => {
    const { engine } = await started();
    const pid = engine.pid() as number;
    process.kill(pid, "SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, "SIGTERM");
    expect(await eventually(() => !isAlive(pid))).toBe(true);
  });

  it("waits for a directory that another engine holds, then says so in one line", async () => {
    const first = await started();
    const options = { directory: first.directory, memoryBytes: 1e9, log: SILENT };
    await expect(superviseEngine({ ...options, lockWaitMs: 300 })).rejects.toThrow(
      `the engine directory ${first.directory} is used by another process (waited 0 s)`,
    );
    const waiting = superviseEngine({ ...options, lockWaitMs: 20_000 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await first.engine.stop();
    const second = await waiting;
    cleanUp.push(() => second.stop());
    expect(second.state()).toBe("ready");
  });

  it("removes what inserts of a killed engine left", async () => {
    const { engine, directory } = await started();
    const left = join(directory, "incoming", "left");
    writeFileSync(left, "x");
    process.kill(engine.pid() as number, "SIGKILL");
    expect(await eventually(() => !existsSync(left))).toBe(true);
  });

  it("gives the engine none of the collector's secrets", async () => {
    process.env.ROLLCALL_ADMIN_TOKEN = "not-for-the-engine";
    cleanUp.push(() => void delete process.env.ROLLCALL_ADMIN_TOKEN);
    const { engine } = await started();
    const store = createStore({ engine });
    const environment = `/proc/${engine.pid()}/environ`;
    if (!existsSync(environment)) return;
    const [row] = await store.query<{ e: string }>("SELECT file({path:String}) AS e", {
      path: environment,
    });
    expect(row?.e).toContain("UV_THREADPOOL_SIZE");
    expect(row?.e).not.toContain("not-for-the-engine");
    const [line] = await store.query<{ e: string }>("SELECT file({path:String}) AS e", {
      path: `/proc/${engine.pid()}/cmdline`,
    });
    expect(line?.e).not.toContain(engine.password);
    await store.close();
  });
});

describe("a collector that is killed", () => {
  const PARENT = new URL("./parent.fixture.ts", import.meta.url).pathname;

  async function parent(mode: string): Promise<{ process: ChildProcess; enginePid: number }> {
    const directory = join(process.env.TMPDIR ?? "/tmp", `rollcall-parent-${crypto.randomUUID()}`);
    mkdirSync(directory);
    cleanUp.push(() => rmSync(directory, { recursive: true, force: true }));
    const child = spawn(process.execPath, [PARENT, directory, mode], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    cleanUp.push(() => void child.kill("SIGKILL"));
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      return { process: child, enginePid: Number(line) };
    }
    throw new Error("the parent said nothing");
  }

  for (const mode of ["idle", "busy"]) {
    it(`leaves no engine behind (${mode})`, async () => {
      const { process: collector, enginePid } = await parent(mode);
      expect(isAlive(enginePid)).toBe(true);
      collector.kill("SIGKILL");
      expect(await eventually(() => !isAlive(enginePid), 3_000)).toBe(true);
    });
  }
});

it("leaves no file of its own in the working directory of the tests", () => {
  expect(readdirSync(".").filter((name) => /chdb|incoming|^db$/.test(name))).toEqual([]);
});
