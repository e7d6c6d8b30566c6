import { openOwnStore } from "../support/own-store.ts";
import { openStage, type Stage } from "./stage.ts";

export interface Pair {
  stages: [Stage, Stage];
  close(): Promise<void>;
}

/** Two collectors, each with a spool of its own, on one store that neither of them owns. */
export async function openPair(): Promise<Pair> {
  const store = await openOwnStore();
  const env = { CLICKHOUSE_URL: store.clickhouseUrl };
  // At once, as two replicas of a deployment start: they also race for the migrations.
  const opened = await Promise.allSettled([openStage({ env }), openStage({ env })]);
  const close = async () => {
    for (const stage of opened) if (stage.status === "fulfilled") await stage.value.close();
    await store.close();
  };
  const [first, second] = opened;
  if (first.status === "fulfilled" && second.status === "fulfilled") {
    return { stages: [first.value, second.value], close };
  }
  await close();
  throw [first, second].find((stage) => stage.status === "rejected")?.reason;
}
