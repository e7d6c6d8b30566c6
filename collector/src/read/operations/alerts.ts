import { z } from "zod";
import type { Alerts } from "../../alerts/alerts.ts";
import { RULE_NAMES, rules } from "../../alerts/rules.ts";
import { appOnly } from "../parameters.ts";
import { question } from "../question.ts";
import { asOf } from "../reply.ts";

const reply = z
  .object({
    rows: z.array(
      z.object({
        rule: z.enum(RULE_NAMES),
        title: z.string(),
        state: z.enum(["ok", "firing", "unknown"]).meta({
          description: "`unknown`: off, not measured yet, or too little data to say anything.",
        }),
        since: z.iso.datetime().nullable().meta({ description: "Since when it fires." }),
        text: z.string().meta({ description: "What was measured last, with its figures." }),
      }),
    ),
    asOf,
  })
  .meta({
    id: "HealthAlerts",
    description: "Every rule of the app as it is now.",
    example: {
      rows: [
        {
          ...{ rule: "install_flood", title: "A flood of new installs", state: "ok", since: null },
          text: "24 new installs came in the last 24 hours; the median of 28 days is 19.",
        },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

/** Which alerts fire, for whoever may read. */
export const healthAlerts = (alerts: Pick<Alerts, "rows">) =>
  question({
    name: "health_alerts",
    path: "/v1/health/alerts",
    tag: "Operations",
    summary: "Which alerts fire",
    description: "As measured last; each is measured again every 1 to 15 minutes.",
    parameters: z.object(appOnly),
    reply,
    async answer(_parameters, { app, asOf }) {
      const rows = alerts.rows(app).map(({ rule, state, since, text }) => ({
        ...{ rule, title: rules[rule].title, state, since, text },
      }));
      return { rows, asOf };
    },
  });
