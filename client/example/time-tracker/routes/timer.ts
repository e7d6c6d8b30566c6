import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { checked, type Form, id, text } from "../form.ts";
import { type Services, screenOf } from "../services.ts";
import { show } from "../show.ts";
import type { Entry } from "../store/entries.ts";
import { now } from "../time.ts";
import { timerPage } from "../views/timer.ts";

interface One {
  Params: { id: string };
  Body: Form;
}

export function timerRoutes(app: FastifyInstance, services: Services): void {
  const { entries, projects, tasks, settings } = services.store;
  const { telemetry } = services;

  const list = (request: FastifyRequest, reply: FastifyReply, fault?: string) => {
    const choices = { projects: projects.active(), tasks: tasks.all() };
    const recent = entries.recent(request.person!.id, 20);
    const page = timerPage(screenOf(request, services), choices, recent, fault);
    return show(reply, page, fault === undefined ? 200 : 400);
  };

  const stop = (entry: Entry, at: number): void => {
    if (!entries.stop(entry.id, at)) return;
    telemetry.track(
      "timer.stopped",
      {
        entry_id: entry.id,
        project_id: entry.project_id,
        duration_seconds: at - entry.started_at,
        billable: entry.billable === 1,
      },
      { user: entry.user_id },
    );
  };

  /** Nobody stops or keeps the timer of somebody else. */
  const own = (request: FastifyRequest<One>): Entry | null => {
    const entry = entries.byId(Number(request.params.id));
    return entry?.user_id === request.person!.id ? entry : null;
  };

  app.get("/timer", async (request, reply) => list(request, reply));

  app.post<{ Body: Form }>("/timer/start", async (request, reply) => {
    const project = projects.byId(id(request.body, "project_id") ?? 0);
    const task = tasks.byId(id(request.body, "task_id") ?? 0);
    if (project === undefined || project.archived) return list(request, reply, "Choose a project.");
    if (task !== undefined && task.project_id !== project.id) {
      return list(request, reply, "This task belongs to another project.");
    }
    const user = request.person!.id;
    if (settings.read().single_active_timer) {
      for (const entry of entries.running(user)) stop(entry, now());
    }
    const description = text(request.body, "description");
    entries.start({
      user_id: user,
      project_id: project.id,
      task_id: task?.id ?? null,
      description: description ?? "",
      billable: checked(request.body, "billable"),
    });
    telemetry.track(
      "timer.started",
      {
        project_id: project.id,
        has_description: description !== null,
        ...(task === undefined ? {} : { task_id: task.id }),
        ...(project.client_id === null ? {} : { client_id: project.client_id }),
      },
      { user },
    );
    return reply.redirect("/timer", 303);
  });

  app.post<One>("/timer/:id/stop", async (request, reply) => {
    const entry = own(request);
    if (entry === null) return reply.callNotFound();
    const idle = request.body.get("at") === "idle" ? entry.idle_since : null;
    stop(entry, idle ?? now());
    return reply.redirect("/timer", 303);
  });

  app.post<One>("/timer/:id/keep", async (request, reply) => {
    const entry = own(request);
    if (entry === null) return reply.callNotFound();
    entries.setIdle(entry.id, null);
    entries.seen(entry.id);
    return reply.redirect("/timer", 303);
  });
}
