import "./health.css";
import type {
  Arrivals,
  HealthAlerts,
  HealthIngest,
  HealthSystem,
  Refusals,
  Unlisted,
} from "../../api/health.ts";
import { useQuestion } from "../../api/query.ts";
import { useScope } from "../../state/scope.ts";
import { ArrivalsCard, HoursCard, TokensCard } from "./arrival-cards.tsx";
import { MinutesCard, VolumeCard } from "./ingest-cards.tsx";
import { RawCard } from "./raw-card.tsx";
import { RefusalsCard, ShareCard, UnlistedCard } from "./refusal-cards.tsx";
import { Status } from "./status.tsx";
import { AlertsCard, MachineCard, StorageCard } from "./system-cards.tsx";

/** Whether the numbers can be trusted: what comes in, what is refused, and how the collector is. */
export default function Health() {
  const { view, days } = useScope();
  const { app } = view;
  const inRange = { app, from: days.from, to: days.to };
  const ingest = useQuestion<HealthIngest>("health/ingest", inRange);
  const refusals = useQuestion<Refusals>("refusals", inRange);
  const unlisted = useQuestion<Unlisted>("health/unlisted", inRange);
  const arrivals = useQuestion<Arrivals>("health/arrivals", inRange);
  const system = useQuestion<HealthSystem>("health/system", {});
  const alerts = useQuestion<HealthAlerts>("health/alerts", { app });
  const known = {
    system: system.data,
    refusals: refusals.data,
    unlisted: unlisted.data,
    arrivals: arrivals.data,
    alerts: alerts.data,
  };
  return (
    <>
      <Status known={known} system={system} />
      <div class="grid">
        <MinutesCard query={ingest} />
        <VolumeCard query={ingest} />
        <ShareCard query={refusals} />
        <UnlistedCard query={unlisted} />
        <RefusalsCard query={refusals} />
        <ArrivalsCard query={arrivals} />
        <HoursCard query={arrivals} />
        <TokensCard query={arrivals} />
        <AlertsCard query={alerts} />
        <MachineCard query={system} />
        <StorageCard query={system} />
        <RawCard />
      </div>
    </>
  );
}
