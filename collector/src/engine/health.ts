import { request } from "node:http";
import type { EngineChild } from "./child.ts";
import { OWNER_USERNAME } from "./identity.ts";

/** How long an engine may be silent: idle it has no reason to, busy it may be starved. */
const PATIENCE = { everyMs: 5_000, idleMs: 20_000, busyMs: 120_000 };

/** Kills an engine that no longer answers `/ping`; its supervisor starts another. */
export function watchHealth(
  child: EngineChild,
  log: { error(fields: object, message: string): void },
  patience = PATIENCE,
): () => void {
  let answeredAt = Date.now();
  let asking = false;
  const timer = setInterval(() => {
    const silentMs = Date.now() - answeredAt;
    if (silentMs > (child.running() > 0 ? patience.busyMs : patience.idleMs)) {
      log.error({ pid: child.pid, silentMs }, "engine does not answer, killing it");
      child.kill();
    } else if (!asking) {
      asking = true;
      void ping(child, patience.idleMs).then((answered) => {
        asking = false;
        if (answered) answeredAt = Date.now();
      });
    }
  }, patience.everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function ping(child: EngineChild, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const auth = `${OWNER_USERNAME}:${child.secrets.password}`;
    const asked = request(`${child.url}/ping`, { auth, agent: false, timeout });
    asked.once("response", (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.once("timeout", () => asked.destroy());
    asked.once("error", () => resolve(false));
    asked.end();
  });
}
