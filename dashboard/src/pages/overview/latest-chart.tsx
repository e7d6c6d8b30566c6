import type { Query } from "../../api/query.ts";
import type { InstallVersions } from "../../api/types.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { summariseLine } from "../../chart/summary.ts";
import { text } from "../../text.ts";
import { chartedReleases, latestModel } from "./version-model.ts";

export function LatestChart({ versions }: { versions: Query<InstallVersions> }) {
  const names = versions.data ? chartedReleases(versions.data).join(" or ") : "";
  return (
    <ChartCard
      id="latest"
      title={text.overview.latest}
      query={versions}
      definition={text.overview.latestFoot(names)}
      model={latestModel}
      summary={(model) =>
        summariseLine({
          ...model,
          subject: text.overview.latestSubject(names),
          values: model.series[0]?.values ?? [],
        })
      }
    />
  );
}
