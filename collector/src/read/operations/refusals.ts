import { z } from "zod";
import { appOnly, range as rangeParameters } from "../parameters.ts";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";

const MOST_ROWS = 1000;

const reply = z
  .object({
    rows: z.array(
      z.object({
        outcome: z.enum(["dropped", "refused"]).meta({
          description:
            "`refused`: the whole record. `dropped`: one field of a record that was kept.",
        }),
        reason: z.string(),
        event: z.string(),
        field: z.string().meta({ description: "The field at fault, or an empty string." }),
        count,
      }),
    ),
    asOf,
  })
  .meta({
    id: "Refusals",
    description: `What was not kept and why, most first, at most ${MOST_ROWS} rows. Names and counts, never values.`,
    example: {
      rows: [
        {
          outcome: "dropped",
          reason: "field_name_pii",
          event: "timer.started",
          field: "user_email",
          count: 12,
        },
        {
          outcome: "refused",
          reason: "install_id_missing",
          event: "auth.login",
          field: "",
          count: 3,
        },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const refusals = question({
  name: "refusals",
  path: "/v1/refusals",
  tag: "Operations",
  summary: "Refused records and dropped fields",
  description:
    "By the UTC day of receipt. Filters by install do not apply: a refused record may name none.",
  parameters: z.object({ ...appOnly, ...rangeParameters }),
  reply,
  async answer(_parameters, { ask, app, range, asOf }) {
    const rows = await ask<z.input<typeof reply>["rows"][number]>(
      `SELECT outcome, reason, event, field, sum(count) AS count
       FROM refusals
       WHERE app = {app:String} AND day >= {from:Date} AND day <= {to:Date}
       GROUP BY outcome, reason, event, field
       ORDER BY count DESC, outcome, reason, event, field
       LIMIT {most:UInt32}`,
      { app, ...range, most: MOST_ROWS },
    );
    return { rows, asOf };
  },
});
