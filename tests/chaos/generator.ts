import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Ledger } from "./ledger.ts";
import type { LoadOptions } from "./load.ts";

export interface Generator {
  /** Lets requests in flight end, then returns the ledger. */
  stop(): Promise<Ledger>;
}

/** Starts the load generator in its own process. */
export function startLoad(options: LoadOptions): Generator {
  const child = fork(fileURLToPath(new URL("./load.ts", import.meta.url)), {
    execPath: process.execPath,
    execArgv: ["--conditions=rollcall-source"],
  });
  child.send(options);
  const ledger = once(child, "message").then(([message]) => message as Ledger);
  return {
    async stop() {
      child.send("stop");
      const ended = once(child, "exit").then(() => {
        throw new Error("the load generator ended without its ledger");
      });
      ended.catch(() => {});
      return Promise.race([ledger, ended]);
    },
  };
}
