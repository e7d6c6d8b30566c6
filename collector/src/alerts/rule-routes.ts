import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../errors.ts";
import { errors } from "../read/openapi.ts";
import { appOnly } from "../read/parameters.ts";
import { DONE, inSettings, json } from "../read/settings/fields.ts";
import type { Settings } from "../settings/types.ts";
import type { Alerts } from "./alerts.ts";
import { RULE_NAMES, rules } from "./rules.ts";

const querystring = z.object(appOnly);
const params = z.object({
  rule: z.enum(RULE_NAMES, RULE_NAMES.join(", ")).meta({
    description: "The rule, as the list has it.",
    example: "install_flood",
  }),
});

const list = z
  .object({
    rows: z.array(
      z.object({
        rule: z.enum(RULE_NAMES),
        title: z.string(),
        description: z.string(),
        unit: z.enum(["percent", "times"]),
        enabled: z.boolean(),
        threshold: z.number(),
        default: z.number().meta({ description: "The threshold where none was set." }),
        min: z.number(),
        max: z.number(),
        state: z.enum(["ok", "firing", "unknown"]),
        since: z.iso.datetime().nullable(),
        value: z.number().nullable().meta({ description: "As measured last, in the unit." }),
        text: z.string(),
      }),
    ),
  })
  .meta({
    id: "AlertRules",
    example: {
      rows: [
        {
          ...{ rule: "install_flood", title: rules.install_flood.title },
          ...{ description: rules.install_flood.description, unit: "times", enabled: true },
          ...{ threshold: 5, default: 5, min: 1.1, max: 1000, state: "ok", since: null },
          ...{
            value: 1.3,
            text: "24 new installs came in the last 24 hours; the median of 28 days is 19.",
          },
        },
      ],
    },
  });

const change = z
  .object({
    enabled: z.boolean("true or false"),
    threshold: z.number("a number").meta({ description: "In the rule's unit." }),
  })
  .meta({ id: "AlertRuleChange", example: { enabled: true, threshold: 10 } });

/** The rules of an app: listed, switched, given a threshold. */
export function registerAlertRules(
  scope: FastifyInstance,
  { settings, alerts }: { settings: Settings; alerts: Alerts },
): void {
  const routes = scope.withTypeProvider<FastifyZodOpenApiTypeProvider>();

  routes.get("/v1/settings/alerts", {
    ...inSettings,
    schema: {
      operationId: "list_alert_rules",
      tags: ["Settings"],
      summary: "Alert rules of an app",
      querystring,
      response: { 200: json("Every rule.", list), ...errors(400, 401, 403, 404) },
    },
    handler: async (request) => ({
      rows: alerts.rows(request.query.app).map((row) => {
        const { title, description, unit, threshold, min, max } = rules[row.rule];
        return { ...row, title, description, unit, default: threshold, min, max };
      }),
    }),
  });

  routes.put("/v1/settings/alerts/:rule", {
    ...inSettings,
    schema: {
      operationId: "change_alert_rule",
      tags: ["Settings"],
      summary: "Change an alert rule of an app",
      params,
      querystring,
      body: change,
      response: { ...DONE, ...errors(400, 401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { rule } = request.params;
      const { app } = request.query;
      const { min, max } = rules[rule];
      const { enabled, threshold } = request.body;
      if (threshold < min || threshold > max) {
        const message = `threshold: found ${threshold}, allowed is ${min} to ${max}.`;
        return sendApiError(request, reply, "invalid_parameter", message);
      }
      const value = { app, rule, enabled, threshold };
      await settings.put("alert", `${app}/${rule}`, value, request.caller.name);
      void alerts.evaluate();
      return reply.code(204).send();
    },
  });
}
