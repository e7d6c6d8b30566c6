import type { FastifyRequest } from "fastify";
import { createFormat } from "./format.ts";
import type { Sessions } from "./session.ts";
import type { Store } from "./store/store.ts";
import type { Telemetry } from "./telemetry.ts";
import type { Screen } from "./views/layout.ts";

/** What the routes work with. */
export interface Services {
  store: Store;
  sessions: Sessions;
  telemetry: Telemetry;
}

/** Around each page: who looks at it, and what runs. Only for routes behind `guard.ts`. */
export function screenOf(request: FastifyRequest, { store }: Services): Screen {
  const user = request.person!;
  const settings = store.settings.read();
  return {
    user,
    csrf: request.csrf,
    path: request.url.split("?", 1)[0]!,
    settings,
    format: createFormat(settings),
    running: store.entries.running(user.id),
  };
}
