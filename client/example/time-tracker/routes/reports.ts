import type { FastifyInstance, FastifyRequest } from "fastify";
import { csv } from "../csv.ts";
import { choice, day, id } from "../form.ts";
import { type Services, screenOf } from "../services.ts";
import { show } from "../show.ts";
import { GROUPINGS, type ReportRow } from "../store/reports.ts";
import { addDays, dayOf, daysBetween, now, startOf } from "../time.ts";
import { type ReportChoice, reportsPage } from "../views/reports.ts";

export function reportRoutes(app: FastifyInstance, services: Services): void {
  const { store, telemetry } = services;

  const make = (
    request: FastifyRequest,
  ): { choice: ReportChoice; rows: ReportRow[]; days: number } => {
    const { timezone, rounding_minutes } = store.settings.read();
    const asked = readChoice(request, dayOf(now(), timezone));
    const rows = store.reports.make({
      by: asked.by,
      from: startOf(asked.from, timezone),
      to: startOf(addDays(asked.to, 1), timezone),
      project_id: asked.project_id,
      user_id: request.person!.role === "admin" ? null : request.person!.id,
      rounding_minutes,
    });
    return { choice: asked, rows, days: daysBetween(asked.from, asked.to) };
  };

  app.get("/reports", async (request, reply) => {
    const began = Date.now();
    const { choice, rows, days } = make(request);
    const user = request.person!.id;
    if (request.url.includes("?")) {
      telemetry.track(
        "report.generated",
        {
          report_type: choice.by,
          num_rows: rows.length,
          date_range_days: days,
          duration_seconds: (Date.now() - began) / 1000,
          success: true,
        },
        { user },
      );
    } else {
      telemetry.track("report.viewed", { report_type: "summary", date_range_days: days }, { user });
    }
    const screen = screenOf(request, services);
    return show(reply, reportsPage(screen, choice, rows, store.projects.all()));
  });

  app.get("/reports/export.csv", async (request, reply) => {
    const { choice, rows, days } = make(request);
    telemetry.track(
      "export.csv",
      {
        export_type: `${choice.by}_report`,
        num_rows: rows.length,
        date_range_days: days,
        has_project_filter: choice.project_id !== null,
      },
      { user: request.person!.id },
    );
    const lines = rows.map(({ name, entries, seconds, billable_seconds }) => [
      name,
      entries,
      (seconds / 3600).toFixed(2),
      (billable_seconds / 3600).toFixed(2),
    ]);
    return reply
      .headers({
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="time-by-${choice.by}.csv"`,
        "cache-control": "no-store",
      })
      .send(csv([[choice.by, "entries", "hours", "billable_hours"], ...lines]));
  });
}

/** The last 30 days by project where nothing else was asked for. */
function readChoice(request: FastifyRequest, today: string): ReportChoice {
  const query = new URLSearchParams(request.url.split("?")[1]);
  const to = day(query, "to") ?? today;
  const from = day(query, "from") ?? addDays(to, -29);
  return {
    by: choice(query, "by", GROUPINGS) ?? "project",
    from: from < to ? from : to,
    to: from < to ? to : from,
    project_id: id(query, "project_id"),
  };
}
