import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../errors.ts";
import { errors } from "../read/openapi.ts";
import { DONE, idParams, inSettings, json, shortText } from "../read/settings/fields.ts";
import { DIGESTS } from "../settings/kinds.ts";
import type { Settings } from "../settings/types.ts";
import { addressProblem } from "./address.ts";
import type { Alerts } from "./alerts.ts";
import type { WebhookNetworks } from "./network.ts";
import { RULE_NAMES } from "./rules.ts";
import { newSalt } from "./signature.ts";
import { MESSAGE_TYPES } from "./state.ts";

const EXAMPLE_ID = "16fd2706-8baf-433b-82eb-8c7fada847da";
/** Each message goes to all of them. */
const MOST_WEBHOOKS = 20;
const moment = z.iso.datetime();

const fields = {
  name: shortText(80, "a name of 1 to 80 characters").meta({ example: "On call" }),
  url: z.string("an address").max(2000, "an address of at most 2000 characters").meta({
    description:
      "https to a public address, or what `ROLLCALL_WEBHOOK_PRIVATE` names. Redirects are not followed.",
    example: "https://hooks.example.org/rollcall",
  }),
  events: z
    .array(z.enum(RULE_NAMES, RULE_NAMES.join(", ")), "a list of rules")
    .max(RULE_NAMES.length, "each rule once")
    .default([])
    .meta({ description: "Rules that it is told of; none: all of them.", example: [] }),
};
const digest = z.enum(DIGESTS, DIGESTS.join(", ")).meta({
  description: "How often it gets a digest of every app, with the exact counts of administrators.",
  example: "weekly",
});

const create = z.object({ ...fields, digest: digest.default("off") }).meta({
  id: "NewWebhook",
  example: {
    name: "On call",
    url: "https://hooks.example.org/rollcall",
    events: [],
    digest: "off",
  },
});
/** Without a digest it stays as it was. */
const change = z
  .object({ ...fields, digest: digest.optional(), enabled: z.boolean("true or false") })
  .meta({
    id: "WebhookChange",
    example: {
      name: "On call",
      url: "https://hooks.example.org/rollcall",
      events: [],
      enabled: true,
    },
  });
const secret = z.string().meta({ description: "Shown this once. Checks `Rollcall-Signature`." });
const made = z
  .object({ id: z.string(), secret })
  .meta({ id: "MadeWebhook", example: { id: EXAMPLE_ID, secret: "whsec_shown-once" } });
const renewed = z
  .object({ secret })
  .meta({ id: "WebhookSecret", example: { secret: "whsec_shown-once" } });
const tried = z
  .object({
    ok: z.boolean(),
    status: z.int().nullable().meta({ description: "Null where no answer came." }),
    message: z.string(),
  })
  .meta({ id: "WebhookTest", example: { ok: true, status: 204, message: "accepted" } });

const list = z
  .object({
    rows: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        url: z.string(),
        events: z.array(z.string()),
        digest,
        disabledAt: moment.nullable(),
        deliveries: z
          .array(
            z.object({
              id: z.string().meta({ description: "Of the message; the same in every try." }),
              at: moment,
              type: z.enum(MESSAGE_TYPES),
              app: z.string().nullable(),
              rule: z.string().nullable(),
              attempt: z.int(),
              ok: z.boolean(),
              status: z.int().nullable(),
              message: z.string(),
              nextAttemptAt: moment.nullable(),
            }),
          )
          .meta({ description: "The last 20 tries, newest first." }),
      }),
    ),
  })
  .meta({
    id: "Webhooks",
    example: {
      rows: [
        {
          ...{ id: EXAMPLE_ID, name: "On call", url: "https://hooks.example.org/rollcall" },
          ...{ events: [], digest: "off", disabledAt: null },
          deliveries: [
            {
              ...{ id: EXAMPLE_ID, at: "2026-11-20T08:12:04.000Z", type: "test", app: null },
              ...{ rule: null, attempt: 1, ok: true, status: 204, message: "accepted" },
              nextAttemptAt: null,
            },
          ],
        },
      ],
    },
  });

const DELIVERY =
  "Messages are POSTed as JSON with `Rollcall-Delivery` (the message's id) and `Rollcall-Signature: t=<Unix seconds>,v1=<hex>`, where v1 is HMAC-SHA256 with the secret over `<t>.<body>`. What is not answered with 2xx within 10 seconds is sent again after 1, 5, 30, 120, 300 and 600 minutes.";

/** Webhooks: listed, made, changed, tested, removed. */
export function registerWebhooks(
  scope: FastifyInstance,
  deps: { settings: Settings; alerts: Alerts; webhookNetworks: WebhookNetworks },
): void {
  const { settings, alerts, webhookNetworks } = deps;
  const routes = scope.withTypeProvider<FastifyZodOpenApiTypeProvider>();

  routes.get("/v1/settings/webhooks", {
    ...inSettings,
    schema: {
      operationId: "list_webhooks",
      tags: ["Settings"],
      summary: "Webhooks and their last deliveries",
      description: DELIVERY,
      response: { 200: json("By name.", list), ...errors(401, 403) },
    },
    handler: async () => {
      const rows = settings.list("webhook").map(({ key, value: { secret: _, ...value } }) => ({
        ...{ id: key, ...value, deliveries: alerts.deliveries(key) },
      }));
      return { rows: rows.sort((a, b) => a.name.localeCompare(b.name)) };
    },
  });

  routes.post("/v1/settings/webhooks", {
    ...inSettings,
    schema: {
      operationId: "create_webhook",
      tags: ["Settings"],
      summary: "Make a webhook",
      description: DELIVERY,
      body: create,
      response: { 201: json("Its secret, this once.", made), ...errors(400, 401, 403, 503) },
    },
    handler: async (request, reply) => {
      const problem = addressProblem(request.body.url, webhookNetworks);
      if (problem !== null) {
        return sendApiError(request, reply, "invalid_parameter", `url: ${problem}.`);
      }
      if (settings.list("webhook").length >= MOST_WEBHOOKS) {
        const message = `There are ${MOST_WEBHOOKS} webhooks already; remove one first.`;
        return sendApiError(request, reply, "invalid_parameter", message);
      }
      const id = randomUUID();
      const salt = newSalt();
      const value = { ...request.body, secret: salt, disabledAt: null };
      await settings.put("webhook", id, value, request.caller.name);
      return reply.code(201).send({ id, secret: alerts.secret(id, salt) });
    },
  });

  routes.put("/v1/settings/webhooks/:id", {
    ...inSettings,
    schema: {
      operationId: "change_webhook",
      tags: ["Settings"],
      summary: "Change a webhook",
      description: "Switched off, it is sent nothing, and what waits for it is dropped.",
      params: idParams,
      body: change,
      response: { ...DONE, ...errors(400, 401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { enabled, digest, ...value } = request.body;
      const problem = addressProblem(value.url, webhookNetworks);
      if (problem !== null) {
        return sendApiError(request, reply, "invalid_parameter", `url: ${problem}.`);
      }
      const at = new Date().toISOString();
      const done = await settings.change(
        "webhook",
        request.params.id,
        request.caller.name,
        (before) =>
          before && {
            ...{ ...before, ...value, digest: digest ?? before.digest },
            disabledAt: enabled ? null : (before.disabledAt ?? at),
          },
      );
      return done ? reply.code(204).send() : sendApiError(request, reply, "setting_unknown");
    },
  });

  routes.post("/v1/settings/webhooks/:id/secret", {
    ...inSettings,
    schema: {
      operationId: "renew_webhook_secret",
      tags: ["Settings"],
      summary: "Give a webhook a new secret",
      description: "The old one ends at once.",
      params: idParams,
      response: { 200: json("The secret, this once.", renewed), ...errors(401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const salt = newSalt();
      const done = await settings.change(
        "webhook",
        id,
        request.caller.name,
        (before) => before && { ...before, secret: salt },
        "secret renewed",
      );
      if (!done) return sendApiError(request, reply, "setting_unknown");
      return { secret: alerts.secret(id, salt) };
    },
  });

  routes.post("/v1/settings/webhooks/:id/test", {
    ...inSettings,
    schema: {
      operationId: "test_webhook",
      tags: ["Settings"],
      summary: "Send a webhook a test",
      description: "Now and once, also where it is switched off.",
      params: idParams,
      response: { 200: json("What became of it.", tried), ...errors(401, 403, 404) },
    },
    handler: async (request, reply) => {
      const result = await alerts.test(request.params.id);
      return result ?? sendApiError(request, reply, "setting_unknown");
    },
  });

  routes.delete("/v1/settings/webhooks/:id", {
    ...inSettings,
    schema: {
      operationId: "remove_webhook",
      tags: ["Settings"],
      summary: "Remove a webhook",
      params: idParams,
      response: { ...DONE, ...errors(401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      if (settings.get("webhook", id) === null) {
        return sendApiError(request, reply, "setting_unknown");
      }
      await settings.remove("webhook", id, request.caller.name);
      return reply.code(204).send();
    },
  });
}
