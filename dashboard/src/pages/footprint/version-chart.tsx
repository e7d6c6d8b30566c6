import type { InstallVersions } from "../../api/footprint.ts";
import type { Query } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { summarise } from "../../chart/summary.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { footprintText } from "../../text/footprint.ts";
import { text } from "../../text/shell.ts";
import { areaModel, linesModel } from "./version-model.ts";

export function VersionChart({ versions }: { versions: Query<InstallVersions> }) {
  const [mode, setMode] = useChoice("versions", "area");
  return (
    <ChartCard
      id="versions"
      title={footprintText.versions}
      class="wide"
      query={versions}
      definition={footprintText.versionsFoot}
      model={mode === "lines" ? linesModel : areaModel}
      summary={(model) => summarise(model, footprintText.versionsSubject)}
      actions={
        <Segmented
          label={text.value.shown}
          value={mode === "lines" ? "lines" : "area"}
          onChange={setMode}
          options={[
            { value: "area", label: footprintText.area },
            { value: "lines", label: footprintText.lines },
          ]}
        />
      }
    />
  );
}
