/**
 * An app whose collector fails: over IPC it is told to track numbered events, says what became of
 * them so far, and closes. Ends with its parent; a fault of the client's would end it at once.
 */
import { createRollcall, type RollcallOptions, type SinkState } from "@rollcall/client";

export type Order =
  /** `atOnce`: how many before others have their turn. */
  | { do: "track"; from: number; to: number; atOnce: number }
  | { do: "look" }
  | { do: "close"; deadline: number };

export interface Answer {
  installId: string;
  sink: SinkState;
  /** Calls of `track` that threw. */
  thrown: number;
  /** What `close` resolved with. */
  left?: number;
}

// The log of a client whose collector fails is long.
const logger = { info: () => {}, warn: () => {}, error: () => {} };
const options = JSON.parse(process.env.APP_OPTIONS ?? "{}") as RollcallOptions<never>;
const rollcall = createRollcall({ ...options, logger, env: {} });
let thrown = 0;

process.on("message", async (order: Order) => {
  if (order.do === "track") await track(order);
  const left = order.do === "close" ? (await rollcall.close(order)).left : undefined;
  const { identity, sinks } = rollcall.state();
  const answer: Answer = { installId: identity?.installId ?? "", sink: sinks[0]!, thrown };
  process.send?.(left === undefined ? answer : { ...answer, left });
});
process.once("disconnect", () => process.exit(0));
rollcall.optIn("administrator");

async function track({ from, to, atOnce }: Order & { do: "track" }): Promise<void> {
  for (let number = from; number < to; number += 1) {
    try {
      rollcall.track("timer.started", { project_id: number });
    } catch {
      thrown += 1;
    }
    if (number % atOnce === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
