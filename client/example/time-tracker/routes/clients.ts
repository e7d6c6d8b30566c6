import type { FastifyInstance } from "fastify";
import { type Form, text } from "../form.ts";
import { type Services, screenOf } from "../services.ts";
import { show } from "../show.ts";
import { clientsPage } from "../views/work.ts";

export function clientRoutes(app: FastifyInstance, services: Services): void {
  const { clients } = services.store;
  const { telemetry } = services;

  app.get("/clients", async (request, reply) =>
    show(reply, clientsPage(screenOf(request, services), clients.all())),
  );

  app.post<{ Body: Form }>("/clients", async (request, reply) => {
    const name = text(request.body, "name");
    if (name === null) {
      const screen = screenOf(request, services);
      return show(reply, clientsPage(screen, clients.all(), "Give the client a name."), 400);
    }
    const client_id = clients.create(name);
    telemetry.track("client.created", { client_id }, { user: request.person!.id });
    return reply.redirect("/clients", 303);
  });

  app.post<{ Params: { id: string } }>("/clients/:id/archive", async (request, reply) => {
    const client_id = Number(request.params.id);
    if (clients.archive(client_id)) {
      telemetry.track("client.archived", { client_id }, { user: request.person!.id });
    }
    return reply.redirect("/clients", 303);
  });
}
