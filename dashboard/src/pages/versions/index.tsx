import type { InstallVersions } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { useScope } from "../../state/scope.ts";
import { VersionChart } from "../footprint/version-chart.tsx";
import { VersionTable } from "../footprint/version-table.tsx";
import { AdoptionChart } from "./adoption-chart.tsx";
import { DroppableTable } from "./droppable-table.tsx";
import { LagChart } from "./lag-chart.tsx";
import { StuckTable } from "./stuck-table.tsx";
import { UpgradesTable } from "./upgrades-table.tsx";

export default function Versions() {
  const { params } = useScope();
  const versions = useQuestion<InstallVersions>("installs/versions", params);
  return (
    <div class="grid">
      <VersionChart versions={versions} />
      <VersionTable versions={versions} />
      <AdoptionChart />
      <LagChart />
      <DroppableTable />
      <StuckTable />
      <UpgradesTable />
    </div>
  );
}
