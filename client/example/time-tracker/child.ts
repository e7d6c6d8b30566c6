import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

/** A Node process that this one started and ends. */
export interface Child {
  /**
   * Waits until `url` answers 200, or with a redirect.
   *
   * @throws Error when the process ends before, or after 30 s
   */
  ready(url: string): Promise<void>;
  /** SIGTERM, and SIGKILL after 10 s. Resolves when it is gone. */
  stop(): Promise<void>;
  /** Resolves with the child's name when it ends. */
  ended: Promise<string>;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts `node …args` with `env` added to this process's environment. */
export function startChild(name: string, args: string[], env: Record<string, string>): Child {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
    // A group of its own: Ctrl-C reaches this process alone, which ends the others in order.
    detached: true,
  });
  running.add(child);
  const ended = once(child, "exit").then(() => {
    running.delete(child);
    return name;
  });
  return {
    ended,
    async ready(url) {
      const deadline = Date.now() + 30_000;
      while (!(await answers(url))) {
        if (!running.has(child)) throw new Error(`${name} ended before it was ready`);
        if (Date.now() > deadline) throw new Error(`${name} was not ready after 30 s`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop() {
      if (!running.has(child)) return;
      child.kill("SIGTERM");
      const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(patience);
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const reply = await fetch(url, { redirect: "manual" });
    await reply.arrayBuffer();
    return reply.status < 400;
  } catch {
    return false;
  }
}

/** `wanted` when nobody listens there, else any port that is free. */
export async function freePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const server = createServer();
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      if (address !== null && typeof address === "object") return address.port;
    } catch {
      // Taken: any other will do.
    } finally {
      server.close();
    }
  }
  throw new Error("no port is free on 127.0.0.1");
}
