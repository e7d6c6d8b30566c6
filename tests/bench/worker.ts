import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Worker<Task, Result> {
  ask(task: Task): Promise<Result>;
  /** Sends something that has no answer of its own. */
  tell(message: object): void;
  close(): void;
}

/** A part of the benchmark in a process of its own; it ends when the channel closes. */
export function startWorker<Task extends object | number, Result>(
  file: string,
): Worker<Task, Result> & { first(): Promise<Result> } {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    execArgv: ["--conditions=rollcall-source"],
  });
  const ended = new AbortController();
  child.once("exit", () => ended.abort(new Error(`${file} ended early`)));
  const next = async (): Promise<Result> => {
    const [answer] = await once(child, "message", { signal: ended.signal });
    return answer as Result;
  };
  return {
    first: next,
    async ask(task) {
      const answer = next();
      child.send(task);
      return answer;
    },
    tell: (message) => void child.send(message),
    close: () => child.disconnect(),
  };
}
