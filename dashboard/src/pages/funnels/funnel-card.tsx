import type { Query } from "../../api/query.ts";
import type { Funnels } from "../../api/usage.ts";
import { FigureCard } from "../../card/figure-card.tsx";
import { FunnelSteps } from "../../chart/funnel-steps.tsx";
import { formatCount, formatShare } from "../../format/numbers.ts";
import { funnelsText } from "../../text/funnels.ts";
import { printCondition } from "../usage/condition-list.tsx";
import { parseStep, type Step } from "../usage/conditions.ts";

const words = funnelsText;

/** How far they got. */
export function FunnelCard(props: {
  query: Query<Funnels>;
  steps: readonly Step[];
  window: keyof typeof funnelsText.window.minutes;
}) {
  return (
    <FigureCard
      id="funnel"
      class="wide"
      title={words.title}
      query={props.query}
      definition={(data) =>
        words.foot(words.unit[data.join], words.window.minutes[props.window]) +
        (data.funnels.length > 1 ? words.footCompared : "")
      }
      empty={(data) =>
        data.funnels.every(({ steps }) => (steps[0]?.entities ?? 0) === 0) && words.empty
      }
      summary={summarise}
      chart={(data, summary) => (
        <FunnelSteps
          label={summary}
          unit={words.unit[data.join]}
          variants={data.funnels.map(({ version, steps }) => ({
            name: version ?? "",
            steps: steps.map(({ step, entities, medianSeconds }) => ({
              name: stepName(step),
              count: entities,
              medianSeconds,
            })),
          }))}
        />
      )}
      table={(data) => {
        const rows = data.funnels.flatMap(({ version, steps }) =>
          steps.map((step, at) => ({
            ...step,
            version,
            before: steps[at - 1]?.entities ?? null,
            first: steps[0]?.entities ?? 0,
          })),
        );
        return {
          columns: [
            { id: "step", label: words.build },
            ...(data.funnels.length > 1 ? [{ id: "version", label: words.version }] : []),
            { id: data.join, label: words.unit[data.join], unit: "count" },
            {
              id: "of_first",
              label: words.ofFirst,
              unit: "share",
              pair: (at) => [rows[at]?.entities ?? 0, rows[at]?.first ?? 0],
            },
            { id: "median_seconds", label: words.median, unit: "count" },
          ],
          rows: rows.map((row) => [
            stepName(row.step),
            ...(data.funnels.length > 1 ? [row.version] : []),
            row.entities,
            row.first > 0 ? row.entities / row.first : null,
            row.medianSeconds,
          ]),
        };
      }}
    />
  );
}

/** "auth.login;auth_method:oidc" → "auth.login (auth_method is oidc)". */
function stepName(written: string): string {
  const { event, conditions } = parseStep(written);
  if (conditions.length === 0) return event;
  return `${event} (${conditions.map(printCondition).join(", ")})`;
}

/** How many got through, and where most are lost. */
function summarise(data: Funnels): string {
  return data.funnels
    .map(({ version, steps }) => {
      const [first, last] = [steps[0], steps.at(-1)];
      if (!first || !last) return "";
      const who = words.unit[data.join].toLowerCase();
      const name = version === null ? "" : words.summaryOf(version);
      if (first.entities === 0) return name + words.nobody(stepName(first.step));
      const losses = steps.slice(1).map((step, at) => {
        const before = steps[at]?.entities ?? 0;
        return { step, before, share: before > 0 ? step.entities / before : 1 };
      });
      const worst = losses.reduce(
        (most, each) => (each.share < most.share ? each : most),
        losses[0] ?? { step: last, before: 0, share: 1 },
      );
      return [
        name,
        words.summary(
          stepName(last.step),
          formatShare(last.entities, first.entities),
          formatCount(first.entities),
          who,
        ),
        worst.before > 0 && worst.share < 1
          ? words.drop(stepName(worst.step.step), formatShare(worst.step.entities, worst.before))
          : "",
      ].join("");
    })
    .join(" ");
}
