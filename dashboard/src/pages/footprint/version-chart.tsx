import type { InstallVersions } from "../../api/footprint.ts";
import type { Query } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { SmallMultiples } from "../../chart/small-multiples.tsx";
import { summarise } from "../../chart/summary.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { footprintText } from "../../text/footprint.ts";
import { text } from "../../text/shell.ts";
import { areaModel, linesModel } from "./version-model.ts";

const MODES = ["area", "lines", "apart"] as const;

export function VersionChart({ versions }: { versions: Query<InstallVersions> }) {
  const [written, setMode] = useChoice("versions", "area");
  const mode = MODES.find((each) => each === written) ?? "area";
  return (
    <ChartCard
      id="versions"
      title={footprintText.versions}
      class="wide"
      query={versions}
      definition={footprintText.versionsFoot}
      model={mode === "area" ? areaModel : linesModel}
      {...(mode === "apart" ? { draw: drawApart } : {})}
      summary={(model) => summarise(model, footprintText.versionsSubject)}
      actions={
        <Segmented
          label={text.value.shown}
          value={mode}
          onChange={setMode}
          options={MODES.map((each) => ({ value: each, label: footprintText[each] }))}
        />
      }
    />
  );
}

/** A small chart for each version, which a line among six others would hide. */
function drawApart(model: PlotModel, summary: string) {
  const plots = model.series.map((series) => ({
    name: series.name,
    model: { ...model, series: [{ ...series, colour: "cat-1" as const }] },
  }));
  return <SmallMultiples label={summary} plots={plots} />;
}
