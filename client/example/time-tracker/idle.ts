import type { FastifyInstance } from "fastify";
import type { Services } from "./services.ts";
import { now } from "./time.ts";

/**
 * Notices that somebody comes back to a timer which ran on without them: each page that a user opens
 * says that they are there, and the first one after too long a pause finds the timer idle.
 */
export function watchIdle(app: FastifyInstance, { store, telemetry }: Services): void {
  const { entries, settings } = store;
  app.addHook("preHandler", async ({ person, method }) => {
    if (person === null || method !== "GET") return;
    const patience = settings.read().idle_timeout_minutes * 60;
    for (const { id, seen_at, idle_since } of entries.running(person.id)) {
      // Once found, it stays so until the user says what the time was.
      if (idle_since !== null) continue;
      const pause = now() - seen_at;
      if (pause <= patience) {
        entries.seen(id);
        continue;
      }
      entries.setIdle(id, seen_at);
      telemetry.track(
        "timer.idle_detected",
        { entry_id: id, duration_seconds: pause },
        { user: person.id },
      );
    }
  });
}
