import type { InstallVersions } from "../../api/footprint.ts";
import { type Query, useQuestion } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { SmallMultiples } from "../../chart/small-multiples.tsx";
import { summarise } from "../../chart/summary.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { footprintText } from "../../text/footprint.ts";
import { text } from "../../text/shell.ts";
import { areaModel, linesModel } from "./version-model.ts";

const MODES = ["area", "lines", "apart"] as const;

export function VersionChart({ versions }: { versions: Query<InstallVersions> }) {
  const { previous } = useScope();
  const before = useQuestion<InstallVersions>("installs/versions", previous);
  const [written, setMode] = useChoice("versions", "area");
  const mode = MODES.find((each) => each === written) ?? "area";
  return (
    <ChartCard
      id="versions"
      title={footprintText.versions}
      class="wide"
      query={versions}
      previous={before}
      definition={footprintText.versionsFoot}
      model={mode === "area" ? areaModel : linesModel}
      {...(mode === "apart"
        ? { draw: (model, summary) => <SmallMultiples label={summary} model={model} /> }
        : {})}
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
