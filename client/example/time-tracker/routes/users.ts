import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { choice, type Form, text } from "../form.ts";
import { hashPassword } from "../passwords.ts";
import { type Services, screenOf } from "../services.ts";
import { show } from "../show.ts";
import { usersPage } from "../views/people.ts";

const administrators = { config: { access: "administrators" } } as const;

export function userRoutes(app: FastifyInstance, services: Services): void {
  const { store, telemetry } = services;
  const list = (request: FastifyRequest, reply: FastifyReply, fault?: string) =>
    show(
      reply,
      usersPage(screenOf(request, services), store.users.all(), fault),
      fault === undefined ? 200 : 400,
    );

  app.get("/admin/users", administrators, async (request, reply) => list(request, reply));

  app.post<{ Body: Form }>("/admin/users", administrators, async (request, reply) => {
    const name = text(request.body, "name", 80);
    const role = choice(request.body, "role", ["user", "admin"] as const);
    const password = request.body.get("password") ?? "";
    if (name === null || role === null || password.length < 8) {
      return list(request, reply, "Give a name, and a password of at least 8 characters.");
    }
    if (store.users.create(name, await hashPassword(password), role) === null) {
      return list(request, reply, "Somebody has this name already.");
    }
    telemetry.track("admin.user_created", {}, { user: request.person!.id });
    return reply.redirect("/admin/users", 303);
  });
}
