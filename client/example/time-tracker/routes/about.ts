import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import { show } from "../show.ts";
import { html } from "../views/html.ts";
import { plainPage } from "../views/layout.ts";

const everybody = { config: { access: "everybody" } } as const;

/** What the wizard and the telemetry page link to, and the style sheet. */
export function aboutRoutes(app: FastifyInstance): void {
  const style = readFileSync(new URL("../style.css", import.meta.url), "utf8");
  app.get("/style.css", everybody, async (_request, reply) =>
    reply
      .headers({ "content-type": "text/css; charset=utf-8", "cache-control": "no-cache" })
      .send(style),
  );

  app.get("/privacy", everybody, async (_request, reply) => show(reply, PRIVACY));
  app.get("/licence", everybody, async (_request, reply) => show(reply, LICENCE));
}

const PRIVACY = plainPage(
  "Privacy",
  html`<p>Your time, projects, clients and invoices are kept on this server and are sent nowhere.</p>
  <h2>Base report</h2>
  <p>Once a day this install sends a random number of its own, its version, and the kind of system it
    runs on to the time tracker's maintainers. They count installs with it. An administrator can stop
    it on the telemetry page; <code>DO_NOT_TRACK=1</code> in the server's environment stops it too.</p>
  <h2>Detailed usage</h2>
  <p>Off, unless an administrator switches it on. It says which features are used: an event such as
    <code>timer.started</code>, with numbers and flags. Names, descriptions, e-mail addresses and
    addresses of computers are not in it.</p>
  <h2>Look for yourself</h2>
  <p>The telemetry page shows each record as it was sent, has everything that the maintainers keep
    about this install handed out, and can have it erased.</p>`,
);

const LICENCE = plainPage(
  "Licence",
  html`<p>This example is under the MIT licence: use it, change it and pass it on, with the notice
    that comes with it. It comes without warranty.</p>`,
);
