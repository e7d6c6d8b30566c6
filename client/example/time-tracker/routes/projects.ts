import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { cents, checked, type Form, id, text } from "../form.ts";
import { type Services, screenOf } from "../services.ts";
import { show } from "../show.ts";
import type { Clients } from "../store/clients.ts";
import type { ProjectInput } from "../store/projects.ts";
import { projectPage, projectsPage } from "../views/work.ts";

const FAULT = "Give the project a name, and a rate such as 80 or 79.50.";

interface One {
  Params: { id: string };
  Body: Form;
}

export function projectRoutes(app: FastifyInstance, services: Services): void {
  const { projects, clients, tasks } = services.store;
  const { telemetry } = services;

  const list = (request: FastifyRequest, reply: FastifyReply, fault?: string) =>
    show(
      reply,
      projectsPage(screenOf(request, services), projects.all(), clients.active(), fault),
      fault === undefined ? 200 : 400,
    );

  const detail = (request: FastifyRequest<One>, reply: FastifyReply, fault?: string) => {
    const project = projects.byId(Number(request.params.id));
    if (project === undefined) return reply.callNotFound();
    const screen = screenOf(request, services);
    const page = projectPage(screen, project, clients.all(), tasks.of(project.id), fault);
    return show(reply, page, fault === undefined ? 200 : 400);
  };

  app.get("/projects", async (request, reply) => list(request, reply));

  app.post<{ Body: Form }>("/projects", async (request, reply) => {
    const input = readProject(request.body, clients);
    if (input === null) return list(request, reply, FAULT);
    const project_id = projects.create(input);
    // The name stays here: what is sent is the catalogue's numbers and flags.
    telemetry.track(
      "project.created",
      {
        project_id,
        has_client: input.client_id !== null,
        billable: input.billable,
        ...(input.client_id === null ? {} : { client_id: input.client_id }),
      },
      { user: request.person!.id },
    );
    return reply.redirect(`/projects/${project_id}`, 303);
  });

  app.get<One>("/projects/:id", async (request, reply) => detail(request, reply));

  app.post<One>("/projects/:id", async (request, reply) => {
    const project_id = Number(request.params.id);
    const input = readProject(request.body, clients);
    if (input === null) return detail(request, reply, FAULT);
    if (projects.update(project_id, input)) {
      telemetry.track("project.updated", { project_id }, { user: request.person!.id });
    }
    return reply.redirect(`/projects/${project_id}`, 303);
  });

  for (const action of ["archive", "unarchive"] as const) {
    app.post<One>(`/projects/:id/${action}`, async (request, reply) => {
      const project_id = Number(request.params.id);
      if (projects.setArchived(project_id, action === "archive")) {
        telemetry.track(`project.${action}d`, { project_id }, { user: request.person!.id });
      }
      return reply.redirect(`/projects/${project_id}`, 303);
    });
  }
}

function readProject(form: Form, clients: Clients): ProjectInput | null {
  const name = text(form, "name");
  const hourly_rate = cents(form, "hourly_rate");
  const client_id = id(form, "client_id");
  if (name === null || hourly_rate === null) return null;
  if (client_id !== null && clients.byId(client_id) === undefined) return null;
  return { name, client_id, billable: checked(form, "billable"), hourly_rate };
}
