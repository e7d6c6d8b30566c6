import type { InstallVersions } from "../../api/footprint.ts";
import { type Query, useQuestion } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { summarise } from "../../chart/summary.ts";
import { useScope } from "../../state/scope.ts";
import { footprintText } from "../../text/footprint.ts";
import { overviewText } from "../../text/overview.ts";
import { latestModel } from "../footprint/version-model.ts";

export function LatestChart(props: {
  versions: Query<InstallVersions>;
  releases: readonly string[];
}) {
  const { previous } = useScope();
  const before = useQuestion<InstallVersions>("installs/versions", previous);
  const names = props.releases.join(" or ");
  return (
    <ChartCard
      id="latest"
      title={footprintText.latest}
      query={props.versions}
      previous={before}
      definition={overviewText.latestFoot(names)}
      model={(data) => latestModel(data, props.releases)}
      summary={(model) => summarise(model, overviewText.latestSubject(names))}
    />
  );
}
