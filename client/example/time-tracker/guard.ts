import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Session, type Sessions, same } from "./session.ts";
import { show } from "./show.ts";
import type { User, Users } from "./store/users.ts";
import { html } from "./views/html.ts";
import { plainPage } from "./views/layout.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who is signed in. */
    person: User | null;
    csrf: string;
  }
  interface FastifyContextConfig {
    /** Who may come in; whoever is signed in when it is not said. */
    access?: "everybody" | "administrators";
  }
}

/** Who sends a request, by its cookie. */
export function createRecognise(sessions: Sessions, users: Users) {
  return (request: FastifyRequest): { user: User; session: Session } | null => {
    const session = sessions.read(request.headers.cookie);
    const user = session === null ? undefined : users.byId(session.userId);
    return session === null || user === undefined ? null : { user, session };
  };
}

export type Recognise = ReturnType<typeof createRecognise>;

/** Lets in who may come in, and takes forms only from this app's own pages. */
export function addGuard(app: FastifyInstance, recognise: Recognise): void {
  app.decorateRequest("person", null);
  app.decorateRequest("csrf", "");

  app.addHook("onRequest", async (request, reply) => {
    const known = recognise(request);
    request.person = known?.user ?? null;
    request.csrf = known?.session.csrf ?? "";
    const { access } = request.routeOptions.config;
    if (access === "everybody") return;
    if (request.person === null) return reply.redirect("/login", 303);
    if (access === "administrators" && request.person.role !== "admin") {
      return refuse(reply, "This page is for administrators.");
    }
  });

  // After the body was read: the token stands in the form.
  app.addHook("preHandler", async (request, reply) => {
    if (request.method !== "POST") return;
    const token = request.body instanceof URLSearchParams ? request.body.get("csrf") : null;
    // Signing in has no session to take a token from; there the origin alone must do.
    const isOurs = request.person === null || same(token ?? "", request.csrf);
    if (!isOurs || !sameOrigin(request)) {
      return refuse(reply, "This form is too old. Go back, reload the page and send it again.");
    }
  });
}

/** Browsers say where a form stands. What says nothing is no browser, and has nobody's cookie. */
function sameOrigin({ headers }: FastifyRequest): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  const { origin } = headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.host;
}

function refuse(reply: FastifyReply, reason: string): FastifyReply {
  return show(
    reply,
    plainPage("Not allowed", html`<p>${reason}</p><p><a href="/">Back</a></p>`),
    403,
  );
}
