import type { UpgradeLag } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { formatPercent } from "../../format/numbers.ts";
import { useScope } from "../../state/scope.ts";
import { versionsText } from "../../text/versions.ts";
import { notesOf, sharesOf } from "./release-days.ts";

const words = versionsText.lag;

/** How long installs take to move: the latest release beside the usual course. */
export function LagChart() {
  const { params } = useScope();
  const query = useQuestion<UpgradeLag>("installs/lag", params);
  const { latest, releases = [] } = query.data ?? {};
  return (
    <ChartCard
      id="lag"
      class="half"
      title={words.title}
      query={query}
      empty={versionsText.adoption.empty}
      definition={words.foot}
      model={lagModel}
      summary={(model) => summariseLag(model, latest?.version ?? "", releases)}
    />
  );
}

function lagModel({ days, latest, median, releases }: UpgradeLag): PlotModel {
  return {
    kind: "steps",
    unit: "share",
    interval: "day",
    starts: [],
    days,
    incomplete: 0,
    series: latest
      ? [
          {
            name: words.latest(latest.version),
            colour: "cat-1",
            values: sharesOf(latest),
            notes: notesOf(latest),
            filling: latest.incomplete,
          },
        ]
      : [],
    // Fewer of them have come to the later days.
    comparison: { name: words.median(Math.max(0, ...releases)), starts: [], values: median },
  };
}

/** At the latest release's last whole day, and where the others stood then. */
function summariseLag(model: PlotModel, version: string, releases: readonly number[]): string {
  const [latest] = model.series;
  const known = latest?.values.findLastIndex((value) => value !== null) ?? -1;
  const at = Math.max(0, known - (latest?.filling ?? 0));
  const share = latest?.values[at];
  if (share == null) return "";
  const usual = model.comparison?.values[at];
  const first = words.summary(version, formatPercent(share), model.days?.[at] ?? 0);
  return `${first}${usual == null ? "" : words.medianPart(releases[at] ?? 0, formatPercent(usual))}.`;
}
