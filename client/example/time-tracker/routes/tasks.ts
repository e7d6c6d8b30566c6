import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { choice, type Form, id, text } from "../form.ts";
import { type Services, screenOf } from "../services.ts";
import { show } from "../show.ts";
import { PRIORITIES, STATUSES } from "../store/tasks.ts";
import { tasksPage } from "../views/work.ts";

export function taskRoutes(app: FastifyInstance, services: Services): void {
  const { tasks, projects } = services.store;
  const { telemetry } = services;
  const list = (request: FastifyRequest, reply: FastifyReply, fault?: string) =>
    show(
      reply,
      tasksPage(screenOf(request, services), tasks.all(), projects.active(), fault),
      fault === undefined ? 200 : 400,
    );

  app.get("/tasks", async (request, reply) => list(request, reply));

  app.post<{ Body: Form }>("/tasks", async (request, reply) => {
    const name = text(request.body, "name");
    const project = projects.byId(id(request.body, "project_id") ?? 0);
    const priority = choice(request.body, "priority", PRIORITIES);
    if (name === null || project === undefined || priority === null) {
      return list(request, reply, "Give the task a name and a project.");
    }
    const task_id = tasks.create(project.id, name, priority);
    telemetry.track(
      "task.created",
      { task_id, project_id: project.id, priority },
      { user: request.person!.id },
    );
    return reply.redirect("/tasks", 303);
  });

  app.post<{ Params: { id: string }; Body: Form }>("/tasks/:id/status", async (request, reply) => {
    const task = tasks.byId(Number(request.params.id));
    const status = choice(request.body, "status", STATUSES);
    if (task === undefined || status === null) return reply.callNotFound();
    if (status !== task.status) {
      tasks.setStatus(task.id, status);
      telemetry.track(
        "task.status_changed",
        {
          task_id: task.id,
          project_id: task.project_id,
          old_status: task.status,
          new_status: status,
        },
        { user: request.person!.id },
      );
    }
    return reply.redirect("/tasks", 303);
  });
}
