import type { InstallVersions } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { overviewText } from "../../text/overview.ts";
import { ActiveChart } from "../footprint/active-chart.tsx";
import { BreakdownCard } from "../footprint/breakdown-card.tsx";
import { LifecycleChart } from "../footprint/lifecycle-chart.tsx";
import { VersionChart } from "../footprint/version-chart.tsx";
import { chartedReleases } from "../footprint/version-model.ts";
import { VersionTable } from "../footprint/version-table.tsx";
import { DormantChart, NewChart } from "./change-charts.tsx";
import { LatestChart } from "./latest-chart.tsx";
import { type MainChart, Tiles } from "./tiles.tsx";

const CHARTS: readonly MainChart[] = ["active", "new", "churned", "latest"];

export default function Overview() {
  const { params, summary } = useScope();
  const [written, setChart] = useChoice("chart", "active");
  const versions = useQuestion<InstallVersions>("installs/versions", params);
  const asked = CHARTS.find((each) => each === written) ?? "active";
  const releases = summary.data?.latest.releases ?? [];
  // A link may ask for a chart that the range it is opened with cannot give.
  const possible = !versions.data || chartedReleases(versions.data, releases).length > 0;
  const chart = asked === "latest" && !possible ? "active" : asked;
  return (
    <>
      <Tiles chart={chart} onChart={setChart} hasLatest={possible} />
      <div class="grid">
        {chart === "active" && <ActiveChart />}
        {chart === "new" && <NewChart />}
        {chart === "churned" && <DormantChart />}
        {chart === "latest" && <LatestChart versions={versions} releases={releases} />}
        <VersionChart versions={versions} />
        <VersionTable versions={versions} />
        <LifecycleChart class="wide" />
        <BreakdownCard
          id="platforms"
          class="narrow"
          title={overviewText.platforms}
          fields={["platform", "deployment_type", "release_channel"]}
        />
      </div>
    </>
  );
}
