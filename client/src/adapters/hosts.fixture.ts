import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { fastify } from "fastify";
import { onTestFinished } from "vitest";
import type { Rollcall } from "../api.ts";
import { currentRequestId } from "../journal/request-context.ts";
import { rollcallExpress } from "./express.ts";
import { rollcallFastify } from "./fastify.ts";
import { rollcallHttp } from "./http.ts";
import type { MountOptions } from "./mount.ts";

/**
 * The same small app on each server: `GET /projects/:id`, `POST /notes` which reads JSON, and
 * `GET /static/app.css`. What it answers tells which request id its code saw.
 */
export type Host = (rollcall: Rollcall, options: MountOptions) => Promise<string>;

export const hosts: Record<string, Host> = {
  "node:http": async (rollcall, options) => {
    const route = ({ url = "" }: IncomingMessage) =>
      url.startsWith("/projects/") ? "/projects/:id" : url === "/notes" ? "/notes" : "";
    const telemetry = rollcallHttp(rollcall, { ...options, route });
    const app = telemetry.listener(async (request, response) => {
      const answer = (body: object) =>
        response.setHeader("content-type", "application/json").end(JSON.stringify(body));
      const url = request.url ?? "";
      if (url.startsWith("/static/")) return response.end("css");
      if (url.startsWith("/projects/")) return answer({ seen: currentRequestId() });
      if (url !== "/notes") return response.writeHead(404).end();
      let text = "";
      for await (const chunk of request) text += chunk;
      return answer({ seen: currentRequestId(), body: JSON.parse(text) });
    });
    return listen(createServer(app));
  },

  fastify: async (rollcall, options) => {
    const app = fastify();
    onTestFinished(() => app.close());
    app.register(rollcallFastify(rollcall, options));
    app.get("/projects/:id", async () => ({ seen: currentRequestId() }));
    app.post("/notes", async ({ body }) => ({ seen: currentRequestId(), body }));
    app.get("/static/app.css", async () => "css");
    return app.listen({ host: "127.0.0.1", port: 0 });
  },

  "express, before its body parsers": async (rollcall, options) => {
    const app = express();
    app.use(rollcallExpress(rollcall, options));
    app.use(express.json(), express.urlencoded());
    return listen(createServer(expressRoutes(app)));
  },

  "express, after its body parsers": async (rollcall, options) => {
    const app = express();
    app.use(express.json(), express.urlencoded());
    app.use(rollcallExpress(rollcall, options));
    return listen(createServer(expressRoutes(app)));
  },
};

function expressRoutes(app: express.Express): express.Express {
  app.get("/projects/:id", (_, response) => void response.json({ seen: currentRequestId() }));
  app.post("/notes", ({ body }, response) => {
    response.json({ seen: currentRequestId(), body });
  });
  app.get("/static/app.css", (_, response) => void response.send("css"));
  return app;
}

/** Listens on a free port until the test ends. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The hidden fields of a page's forms, by name. */
export function hiddenFields(html: string): Record<string, string> {
  const inputs = html.match(/<input[^>]*type="hidden"[^>]*>/g) ?? [];
  return Object.fromEntries(
    inputs.map((input) => [
      /name="([^"]*)"/.exec(input)?.[1] ?? "",
      /value="([^"]*)"/.exec(input)?.[1] ?? "",
    ]),
  );
}
