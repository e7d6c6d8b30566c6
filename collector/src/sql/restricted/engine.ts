import { mkdirSync, rmSync } from "node:fs";
import { type Engine, type EngineLog, superviseEngine } from "../../engine/supervise.ts";

/** It answers questions about a few hundred thousand rows. */
const MEMORY_BYTES = 256 * 1024 * 1024;

/** An engine that runs while somebody asks. What it holds is made anew each time. */
export interface LazyEngine {
  /** Runs `work` with the engine, which is started for it where it does not run. */
  use<T>(work: (engine: Engine) => Promise<T>): Promise<T>;
  /** Called for each new engine, which holds nothing yet. */
  onStart(listener: () => void): void;
  stop(): Promise<void>;
}

/**
 * @param directory its own and nobody else's: what is in it is removed
 * @param idleMs how long it stays after the last question
 */
export function createLazyEngine(options: {
  directory: string;
  log: EngineLog;
  idleMs: number;
}): LazyEngine {
  const { directory, log, idleMs } = options;
  const listeners: (() => void)[] = [];
  let running: Promise<Engine> | null = null;
  let ending: Promise<void> = Promise.resolve();
  let users = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function start(): Promise<Engine> {
    await ending;
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const listener of listeners) listener();
    return superviseEngine({ directory, memoryBytes: MEMORY_BYTES, log, lockWaitMs: 5_000 });
  }

  function end(): void {
    const last = running;
    running = null;
    clearTimeout(timer);
    if (last === null) return;
    ending = last
      .then((engine) => engine.stop())
      .catch(() => {})
      .finally(() => rmSync(directory, { recursive: true, force: true }));
  }

  return {
    onStart: (listener) => void listeners.push(listener),
    async use(work) {
      if (stopped) throw new Error("the collector is stopping");
      users += 1;
      clearTimeout(timer);
      try {
        running ??= start();
        const mine = running;
        const engine = await mine.catch((error) => {
          if (running === mine) running = null;
          throw error;
        });
        return await work(engine);
      } finally {
        users -= 1;
        if (users === 0 && !stopped) timer = setTimeout(end, idleMs).unref();
      }
    },
    async stop() {
      stopped = true;
      end();
      await ending;
    },
  };
}
