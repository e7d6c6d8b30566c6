import type { InstallVersions } from "../../api/footprint.ts";
import type { Query } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { summarise } from "../../chart/summary.ts";
import { footprintText } from "../../text/footprint.ts";
import { overviewText } from "../../text/overview.ts";
import { latestModel } from "../footprint/version-model.ts";

export function LatestChart(props: {
  versions: Query<InstallVersions>;
  releases: readonly string[];
}) {
  const names = props.releases.join(" or ");
  return (
    <ChartCard
      id="latest"
      title={footprintText.latest}
      query={props.versions}
      definition={overviewText.latestFoot(names)}
      model={(data) => latestModel(data, props.releases)}
      summary={(model) => summarise(model, overviewText.latestSubject(names))}
    />
  );
}
