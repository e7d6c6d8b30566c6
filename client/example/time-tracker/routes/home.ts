import type { FastifyInstance } from "fastify";
import { type Services, screenOf } from "../services.ts";
import { show } from "../show.ts";
import { addDays, dayOf, now, startOf } from "../time.ts";
import { homePage } from "../views/timer.ts";

export function homeRoutes(app: FastifyInstance, services: Services): void {
  const { entries } = services.store;

  app.get("/", async (request, reply) => {
    const screen = screenOf(request, services);
    const { timezone } = screen.settings;
    const today = dayOf(now(), timezone);
    const since = (day: string) => entries.total(screen.user.id, startOf(day, timezone));
    const totals = { today: since(today), week: since(addDays(today, -6)) };
    return show(reply, homePage(screen, totals, entries.recent(screen.user.id, 5)));
  });
}
