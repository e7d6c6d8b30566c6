import type { Query } from "../../api/query.ts";
import type { InstallVersions } from "../../api/types.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { summariseMany } from "../../chart/summary.ts";
import { formatBucket } from "../../format/dates.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { text } from "../../text.ts";
import { areaModel, linesModel } from "./version-model.ts";

export function VersionChart({ versions }: { versions: Query<InstallVersions> }) {
  const [mode, setMode] = useChoice("versions", "area");
  return (
    <ChartCard
      id="versions"
      title={text.overview.versions}
      class="wide"
      query={versions}
      definition={text.overview.versionsFoot}
      model={mode === "lines" ? linesModel : areaModel}
      summary={summarise}
      actions={
        <Segmented
          label={text.overview.shown}
          value={mode === "lines" ? "lines" : "area"}
          onChange={setMode}
          options={[
            { value: "area", label: text.overview.area },
            { value: "lines", label: text.overview.lines },
          ]}
        />
      }
    />
  );
}

function summarise(model: PlotModel): string {
  const reported = (index: number) => model.series.some((series) => series.values[index]);
  const whole = model.starts.length - model.incomplete;
  const complete = model.starts.findLastIndex((_, index) => index < whole && reported(index));
  const at = complete >= 0 ? complete : model.starts.findLastIndex((_, index) => reported(index));
  return summariseMany(
    text.overview.versionsSubject,
    formatBucket(model.starts[at] ?? "", model.interval),
    model.series.map((series) => ({ name: series.name, value: series.values[at] ?? 0 })),
    "share",
  );
}
