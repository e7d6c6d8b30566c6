import { useQuery } from "../../api/query.ts";
import { useChoice } from "../../state/navigation.ts";
import { questionKey, useScope } from "../../state/scope.ts";
import { text } from "../../text.ts";
import { ActiveChart } from "./active-chart.tsx";
import { BreakdownCard } from "./breakdown-card.tsx";
import { LatestChart } from "./latest-chart.tsx";
import { Tiles } from "./tiles.tsx";
import { VersionChart } from "./version-chart.tsx";
import { chartedReleases } from "./version-model.ts";
import { VersionTable } from "./version-table.tsx";

export function Overview() {
  const { params } = useScope();
  const [chart, setChart] = useChoice("chart", "active");
  const versions = useQuery(questionKey("versions", params), (api, signal) =>
    api.versions(params, signal),
  );
  // A link may ask for a chart that the range it is opened with cannot give.
  const possible = !versions.data || chartedReleases(versions.data).length > 0;
  const latest = chart === "latest" && possible;
  return (
    <>
      <Tiles versions={versions} chart={latest ? "latest" : "active"} onChart={setChart} />
      <div class="grid">
        {latest ? <LatestChart versions={versions} /> : <ActiveChart />}
        <VersionChart versions={versions} />
        <VersionTable versions={versions} />
        <BreakdownCard
          id="platforms"
          title={text.overview.platforms}
          fields={["platform", "os_version", "architecture"]}
        />
        <BreakdownCard
          id="deployments"
          title={text.overview.deployments}
          fields={["deployment_type", "release_channel", "locale", "timezone"]}
        />
      </div>
    </>
  );
}
