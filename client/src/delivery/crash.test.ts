import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type DecodedRecord, decodeRequest } from "../test/decode.ts";
import { type Answer, ok, status } from "../test/server.ts";
import { serve } from "../test/start.ts";
import { temporaryDirectory } from "../test/support.ts";
import { parseBatchName } from "./batch-name.ts";

const ROUNDS = 6;
const PROCESSES = 2;

function app(dataDir: string, endpoint: string, mode: "write" | "deliver"): ChildProcess {
  const script = new URL("./crash.fixture.ts", import.meta.url).pathname;
  const flags = ["--conditions=rollcall-source", script, dataDir, endpoint, mode];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "ignore", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

function lines(dataDir: string, file: string): string[] {
  try {
    return readFileSync(join(dataDir, file), "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

/** A collector on a bad day: it answers, is busy, hangs, or goes away with the request in hand. */
const moody: Answer = (response, request) => {
  const mood = Math.random();
  if (mood < 0.6) ok(response, request);
  else if (mood < 0.75) status(503)(response, request);
  else if (mood < 0.9) response.destroy();
};

test("apps that are killed while they write and send lose nothing that was on disk", async () => {
  const delivered = new Map<string, DecodedRecord>();
  let contradictions = 0;
  let requests = 0;
  const note = (record: DecodedRecord): void => {
    const uid = String(record.attributes["log.record.uid"]).slice("stringValue ".length);
    const before = delivered.get(uid);
    // The same uid is the same record, however often it comes.
    if (before && JSON.stringify(before) !== JSON.stringify(record)) contradictions += 1;
    delivered.set(uid, record);
  };
  let answer = moody;
  const server = await serve((response, request) => {
    requests += 1;
    const { records } = decodeRequest(request.body);
    const end = response.end.bind(response);
    response.end = ((...given: []) => {
      if (response.statusCode === 200) records.forEach(note);
      return end(...given);
    }) as typeof response.end;
    answer(response, request);
  });
  const dataDir = temporaryDirectory();
  mkdirSync(join(dataDir, "queue", "maintainer"), { recursive: true });

  for (let round = 0; round < ROUNDS; round += 1) {
    const before = requests;
    const apps = Array.from({ length: PROCESSES }, () => app(dataDir, server.endpoint, "write"));
    const ends = apps.map((one) => once(one, "exit"));
    while (requests === before) await new Promise((resolve) => setTimeout(resolve, 2));
    for (const one of apps) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
      one.kill("SIGKILL");
    }
    await Promise.all(ends);
  }

  const queue = join(dataDir, "queue", "maintainer");
  const waiting = readdirSync(queue).reduce(
    (sum, file) => sum + (parseBatchName(file)?.records ?? 0),
    0,
  );
  const deliveredBefore = delivered.size;
  answer = ok;
  await once(app(dataDir, server.endpoint, "deliver"), "exit");

  const acknowledged = lines(dataDir, "acknowledged");
  const missing = acknowledged.filter((uid) => !delivered.has(uid));
  expect(missing).toEqual([]);
  expect(lines(dataDir, "lost")).toEqual([]);
  expect(contradictions).toBe(0);
  expect(readdirSync(queue).filter((file) => parseBatchName(file) !== null)).toEqual([]);
  // Something was at stake: records were on disk at the kills, and others had arrived before.
  expect(acknowledged.length).toBeGreaterThan(100);
  expect(waiting).toBeGreaterThan(0);
  expect(deliveredBefore).toBeGreaterThan(0);
});
