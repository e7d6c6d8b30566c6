import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { openAbsentStore } from "../support/own-store.ts";
import { openPair } from "./pair.ts";
import { openStage, pause, type Round, round, type Stage } from "./stage.ts";

/** One kind of trouble, played in rounds on one stage. */
export interface Scenario {
  name: string;
  /** Why it cannot be played here, or null. */
  missing(): string | null;
  play(stage: Stage): Promise<Round>;
}

const always = () => null;

async function killAtRandom(stage: Stage): Promise<void> {
  for (let kills = randomInt(1, 4); kills > 0; kills -= 1) {
    await pause(50, 500);
    if (randomInt(2) === 0) stage.killEngine();
    else await stage.restart();
  }
  await pause(50, 300);
}

/** Kills the collector inside one of its system calls, or lets the call fail. */
async function failCalls(stage: Stage, calls: string, fault: string): Promise<void> {
  // -D: the tracer detaches, so that the collector stays our own child with its own pid.
  const wrapper = ["strace", "-D", "-f", "-q", "-o", "/dev/null", "-e", `trace=${calls}`];
  const when = `${randomInt(3, 40)}+${randomInt(20, 60)}`;
  // The fault may strike while it starts: then it ends, as it should, and is started again below.
  await stage
    .restart({ wrapper: [...wrapper, "-e", `inject=${calls}:${fault}:when=${when}`] })
    .catch(() => {});
  await pause(600, 1_200);
  await stage.restart();
  await pause(100, 300);
}

function straceMissing(): string | null {
  const tried = spawnSync("strace", ["-D", "-f", "-o", "/dev/null", "true"], { encoding: "utf8" });
  if (tried.error !== undefined) return "strace is not installed";
  return tried.status === 0 ? null : `strace cannot trace here: ${tried.stderr.trim()}`;
}

export const scenarios: Scenario[] = [
  {
    name: "either process is killed at random",
    missing: always,
    play: async (stage) => round([stage], {}, () => killAtRandom(stage)),
  },
  {
    name: "either process is killed, records without a uid",
    missing: always,
    play: async (stage) => round([stage], { uids: false }, () => killAtRandom(stage)),
  },
  {
    name: "replies are lost and the sender repeats, with kills",
    missing: always,
    play: async (stage) => round([stage], { cutShare: 0.3 }, () => killAtRandom(stage)),
  },
  {
    name: "the engine hangs during the whole load",
    missing: always,
    async play(stage) {
      return round([stage], {}, async () => {
        const goOn = stage.hangEngine();
        await pause(600, 1_500);
        // Without its collector it still finishes what it was given, beside the new one's questions.
        const restarted = randomInt(2) === 0 ? stage.restart() : undefined;
        await pause(20, 100);
        goOn();
        await restarted;
      });
    },
  },
  {
    name: "the engine is killed again and again",
    missing: always,
    async play(stage) {
      return round([stage], {}, async () => {
        for (let kills = 8; kills > 0; kills -= 1) {
          stage.killEngine();
          await pause(60, 250);
        }
      });
    },
  },
  {
    name: "the store is away when the collector starts and during the whole load",
    missing: always,
    async play() {
      const store = await openAbsentStore();
      const stage = await openStage({ env: { CLICKHOUSE_URL: store.clickhouseUrl } });
      try {
        return await round([stage], { cutShare: 0.2 }, async () => {
          await pause(300, 1_000);
          if (randomInt(2) === 0) await stage.restart();
          await pause(100, 300);
          setTimeout(() => void store.appear(), 1_000);
        });
      } finally {
        await stage.close();
        await store.close();
      }
    },
  },
  {
    name: "two collectors fill one store and a sender's repetition reaches the other one",
    missing: always,
    async play() {
      const pair = await openPair();
      try {
        return await round(pair.stages, { cutShare: 0.3 }, async () => {
          for (const stage of pair.stages) {
            await pause(50, 300);
            await stage.restart();
          }
          await pause(50, 300);
        });
      } finally {
        await pair.close();
      }
    },
  },
  {
    name: "fsync and fdatasync fail with EIO",
    missing: straceMissing,
    play: async (stage) =>
      round([stage], {}, () => failCalls(stage, "fdatasync,fsync", "error=EIO")),
  },
  {
    name: "a process is killed in the middle of fsync, rename or unlink",
    missing: straceMissing,
    play: async (stage) =>
      round([stage], {}, () =>
        failCalls(stage, "fdatasync,fsync,rename,renameat2,unlink", "signal=SIGKILL"),
      ),
  },
];
