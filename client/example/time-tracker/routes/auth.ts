import type { FastifyInstance } from "fastify";
import { type Form, text } from "../form.ts";
import { hashPassword, passwordMatches } from "../passwords.ts";
import type { Services } from "../services.ts";
import { show } from "../show.ts";
import { loginPage, registerPage } from "../views/people.ts";

const everybody = { config: { access: "everybody" } } as const;

export function authRoutes(app: FastifyInstance, { store, sessions, telemetry }: Services): void {
  const { users, settings } = store;
  const canRegister = () => settings.read().self_registration;
  // Compared with when there is no such user, so that the time of the answer does not tell.
  const nobody = hashPassword("nobody has this password");

  app.get("/login", everybody, async (request, reply) =>
    request.person === null ? show(reply, loginPage(canRegister())) : reply.redirect("/", 303),
  );

  app.post<{ Body: Form }>("/login", everybody, async (request, reply) => {
    const user = users.byName(text(request.body, "name", 80) ?? "");
    const password = request.body.get("password") ?? "";
    const matches = await passwordMatches(password, user?.password ?? (await nobody));
    if (user === undefined || !matches) {
      telemetry.track("auth.login_failed", {
        auth_method: "local",
        reason: "invalid_credentials",
      });
      return show(reply, loginPage(canRegister(), "Name or password is wrong."), 401);
    }
    telemetry.track("auth.login", { auth_method: "local" }, { user: user.id });
    telemetry.identify(user.id);
    reply.header("set-cookie", sessions.open(user.id, request.protocol === "https"));
    return reply.redirect("/", 303);
  });

  app.post("/logout", async (request, reply) => {
    telemetry.track("auth.logout", {}, { user: request.person!.id });
    reply.header("set-cookie", sessions.close());
    return reply.redirect("/login", 303);
  });

  app.get("/register", everybody, async (_request, reply) =>
    canRegister() ? show(reply, registerPage()) : reply.callNotFound(),
  );

  app.post<{ Body: Form }>("/register", everybody, async (request, reply) => {
    if (!canRegister()) return reply.callNotFound();
    const name = text(request.body, "name", 80);
    const password = request.body.get("password") ?? "";
    if (name === null || password.length < 8) {
      return show(
        reply,
        registerPage("Give a name, and a password of at least 8 characters."),
        400,
      );
    }
    const id = users.create(name, await hashPassword(password), "user");
    if (id === null) return show(reply, registerPage("Somebody has this name already."), 400);
    reply.header("set-cookie", sessions.open(id, request.protocol === "https"));
    return reply.redirect("/", 303);
  });
}
