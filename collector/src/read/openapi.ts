import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { fastifyZodOpenApiPlugin, fastifyZodOpenApiTransformers } from "fastify-zod-openapi";
import { z } from "zod";
import { type ApiErrorCode, apiErrors } from "../errors.ts";
import { SESSION_COOKIE } from "./session.ts";

const DESCRIPTION = `What the dashboard asks, open to the maintainer's own tools.

Send \`Authorization: Bearer <token>\` with an API token or the administrator's, or sign in and keep the cookie. Days are UTC days. Times are ISO 8601. Every error is \`{ code, message, requestId }\`; codes are stable.

ClickHouse's HTTP protocol at \`/sql\`, for Grafana and SQL tools, is no part of this API: see docs/sql.md.`;

/** Every error's body. */
export const apiError = z
  .object({
    code: z.enum(Object.keys(apiErrors) as [ApiErrorCode, ...ApiErrorCode[]]),
    message: z.string().meta({ description: "For people; may change." }),
    requestId: z.string().meta({ description: "Stands in the collector's log, too." }),
  })
  .meta({
    id: "Error",
    example: {
      code: "invalid_parameter",
      message: "from: found 2026-02-30, allowed is a day of the calendar as YYYY-MM-DD.",
      requestId: "0b0e7f3a-3f54-4f0c-9d5b-2f5a3c1f6a11",
    },
  });

const MEANINGS = {
  400: "A parameter or the body cannot be used.",
  401: "No valid credentials.",
  403: "The credentials do not allow this, or the cookie came with a request from another site.",
  404: "Unknown app, install or setting.",
  409: "It is there already, or is not to be changed here.",
  429: "Too many questions, statements, exports or wrong tokens; Retry-After says when to come back.",
  503: "The store does not answer, took too long or has no room for it; Retry-After says when to come back.",
} as const;

/** The documented errors of a route. */
export const errors = (...statuses: (keyof typeof MEANINGS)[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: MEANINGS[status], content: { "application/json": { schema: apiError } } },
    ]),
  );

export const PUBLIC: Record<string, string[]>[] = [];

/** Collects the schemas of the routes that are registered after it in this scope. */
export async function registerOpenApi(scope: FastifyInstance, version: string): Promise<void> {
  await scope.register(fastifyZodOpenApiPlugin);
  await scope.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Rollcall read API", version, description: DESCRIPTION },
      tags: [
        { name: "Installs", description: "The base layer: who answers the roll call." },
        { name: "Events", description: "The detailed layer, from installs that opted in." },
        { name: "Signals", description: "The app's own traces, metrics and plain logs." },
        { name: "Operations", description: "Apps, refusals, SQL." },
        {
          name: "Published",
          description: "Fixed daily aggregates, for viewers and whoever sees less than everything.",
        },
        { name: "Settings", description: "Apps, tokens, users, catalogues and the audit log." },
        { name: "Session", description: "Signing in to the dashboard." },
      ],
      components: {
        securitySchemes: {
          token: {
            type: "http",
            scheme: "bearer",
            description: "An API token, or the administrator's.",
          },
          session: { type: "apiKey", in: "cookie", name: SESSION_COOKIE },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    ...fastifyZodOpenApiTransformers,
  });
}
