import { request } from "node:http";
import type { EngineChild } from "./child.ts";
import { OWNER_USERNAME } from "./identity.ts";

const EVERY_MS = 5_000;
/** How long it may be silent: idle it has no reason to, busy it may be starved of the processor. */
const SILENT_IDLE_MS = 20_000;
const SILENT_BUSY_MS = 120_000;

/** Kills an engine that no longer answers `/ping`; its supervisor starts another. */
export function watchHealth(
  child: EngineChild,
  log: { error(fields: object, message: string): void },
): () => void {
  let answeredAt = Date.now();
  let asking = false;
  const timer = setInterval(() => {
    const silentMs = Date.now() - answeredAt;
    if (silentMs > (child.running() > 0 ? SILENT_BUSY_MS : SILENT_IDLE_MS)) {
      log.error({ pid: child.pid, silentMs }, "engine does not answer, killing it");
      child.kill();
    } else if (!asking) {
      asking = true;
      void ping(child).then((answered) => {
        asking = false;
        if (answered) answeredAt = Date.now();
      });
    }
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function ping(child: EngineChild): Promise<boolean> {
  return new Promise((resolve) => {
    const auth = `${OWNER_USERNAME}:${child.secrets.password}`;
    const asked = request(`${child.url}/ping`, { auth, agent: false, timeout: SILENT_IDLE_MS });
    asked.once("response", (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.once("timeout", () => asked.destroy());
    asked.once("error", () => resolve(false));
    asked.end();
  });
}
