import type { Adoption } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import type { PlotModel } from "../../chart/model.ts";
import type { ColourToken } from "../../chart/theme.ts";
import { formatPercent } from "../../format/numbers.ts";
import { useScope } from "../../state/scope.ts";
import { versionsText } from "../../text/versions.ts";
import { notesOf, sharesOf } from "./release-days.ts";

const words = versionsText.adoption;
const TOLD_DAY = 7;

/** How fast each of the last releases spread, laid over one another at the day each came out. */
export function AdoptionChart() {
  const { params } = useScope();
  const query = useQuestion<Adoption>("installs/adoption", params);
  return (
    <ChartCard
      id="adoption"
      class="half"
      title={words.title}
      query={query}
      empty={words.empty}
      definition={words.foot}
      model={adoptionModel}
      summary={summariseAdoption}
    />
  );
}

function adoptionModel({ days, series }: Adoption): PlotModel {
  return {
    kind: "line",
    unit: "share",
    interval: "day",
    starts: [],
    days,
    incomplete: 0,
    series: series.map((release, at) => ({
      name: release.version,
      colour: `cat-${at + 1}` as ColourToken,
      values: sharesOf(release),
      notes: notesOf(release),
      filling: release.incomplete,
    })),
  };
}

/** A week after release, or as far as the newest one has come. */
function summariseAdoption(model: PlotModel): string {
  const [newest] = model.series;
  const known =
    (newest?.values.findLastIndex((value) => value !== null) ?? 0) - (newest?.filling ?? 0);
  const at = Math.max(0, Math.min(TOLD_DAY, known));
  const parts = model.series.flatMap(({ name, values }) => {
    const share = values[at];
    return share == null ? [] : [words.part(name, formatPercent(share))];
  });
  return words.summary(model.days?.[at] ?? 0, parts.slice(0, 3));
}
