import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../../errors.ts";
import type { Erasure } from "../../installs/erasures.ts";
import type { Export, MyData } from "../../installs/my-data.ts";
import { apiError, errors } from "../openapi.ts";
import { appOnly } from "../parameters.ts";
import { count } from "../reply.ts";

const INSTALL = "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11";

const parameters = z.object({
  install_id: z.guid("the install's id, a UUID").meta({
    description: "The install, as its administrator reads it on the telemetry page.",
    example: INSTALL,
  }),
});

const rows = z.record(z.string(), count).meta({ description: "Rows by table." });

const everything = z
  .object({
    app: z.string(),
    install_id: z.string(),
    exported_at: z.iso.datetime(),
    tables: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))).meta({
      description: "Every stored row, by table. The reply is streamed and may be long.",
    }),
    rows,
  })
  .meta({
    id: "MyData",
    description: "Everything that is stored about one install.",
    example: {
      app: "timetracker",
      install_id: INSTALL,
      exported_at: "2026-11-20T08:12:04.000Z",
      tables: {
        events: [],
        heartbeats: [{ day: "2026-11-19", app_version: "2.3.1", platform: "Linux" }],
        installs: [{ first_seen: "2026-11-19 03:12:45.000", admitted: false }],
      },
      rows: { events: 0, heartbeats: 1, installs: 1 },
    },
  });

const receipt = z
  .object({
    app: z.string(),
    install_id: z.string(),
    erased_at: z.iso.datetime(),
    rows,
    remains: z.array(z.string()).meta({
      description: "What may remain for a while, and until when, in words.",
    }),
  })
  .meta({
    id: "ErasureReceipt",
    example: {
      app: "timetracker",
      install_id: INSTALL,
      erased_at: "2026-11-20T08:12:04.000Z",
      rows: { events: 812, heartbeats: 41, installs: 1 },
      remains: ["Files that the deletion replaced leave the disk within about ten minutes."],
    },
  });

const erasedBefore = apiError.extend({ receipt }).meta({
  id: "Erased",
  description: "The install was erased; the receipt is that of then.",
  example: {
    code: "install_erased",
    message: "This install was erased.",
    requestId: "0b0e7f3a-3f54-4f0c-9d5b-2f5a3c1f6a11",
    receipt: {
      app: "timetracker",
      install_id: INSTALL,
      erased_at: "2026-11-20T08:12:04.000Z",
      rows: { events: 812, heartbeats: 41, installs: 1 },
      remains: [],
    },
  },
});

const answers = (description: string, schema: typeof everything | typeof receipt) => ({
  200: { description, content: { "application/json": { schema } } },
  ...errors(400, 401, 403, 404, 429, 503),
  410: {
    description: "It was erased before.",
    content: { "application/json": { schema: erasedBefore } },
  },
});

/** `GET` and `DELETE /api/v1/installs/{install_id}`: the administrator on behalf of an install. */
export function registerInstalls(app: FastifyInstance, myData: MyData): void {
  const routes = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();
  const url = "/v1/installs/:install_id";
  const querystring = z.object(appOnly);

  routes.get(url, {
    config: { scope: "export" },
    schema: {
      operationId: "export_install",
      tags: ["Installs"],
      summary: "Everything that is stored about one install",
      description: "For a person's request for access. What is still in the spool is loaded first.",
      params: parameters,
      querystring,
      response: answers("Every row, by table.", everything),
    },
    handler: async (request, reply) => {
      const { install_id } = request.params;
      const done = await myData.export(request.query.app, install_id.toLowerCase());
      return answer(request, reply, done);
    },
  });

  routes.delete(url, {
    config: { scope: "settings" },
    schema: {
      operationId: "erase_install",
      tags: ["Installs"],
      summary: "Erase one install",
      description:
        "Deletes every row of it and leaves a hash, so that records which come late are not stored. There is no way back.",
      params: parameters,
      querystring,
      response: answers("What was erased.", receipt),
    },
    handler: async (request, reply) => {
      const { install_id } = request.params;
      const id = install_id.toLowerCase();
      return answer(request, reply, await myData.erase(request.query.app, id, "administrator"));
    },
  });
}

function answer(request: FastifyRequest, reply: FastifyReply, done: Export | Erasure) {
  if (done.kind === "stream") {
    return reply.type("application/json").send(Readable.from(done.stream));
  }
  if (done.kind === "erased") return reply.send(done.receipt);
  if (done.kind === "already") {
    const body = { code: "install_erased", message: "This install was erased." };
    return reply.code(410).send({ ...body, requestId: request.id, receipt: done.receipt });
  }
  if (done.kind === "unknown") return sendApiError(request, reply, "install_unknown");
  return sendApiError(
    request,
    reply,
    done.kind === "too_many" ? "rate_limited" : "store_unavailable",
  );
}
