import "./features.css";
import { useQuestion } from "../../api/query.ts";
import type { Events } from "../../api/usage.ts";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { NobodyShares } from "../usage/nobody-shares.tsx";
import { ByVersion } from "./by-version.tsx";
import { EventTable } from "./event-table.tsx";
import { Explorer } from "./explorer.tsx";
import { PagesTable } from "./pages-table.tsx";
import { PathsCard } from "./paths-card.tsx";
import { printEvents, readEvents } from "./selection.ts";
import { TrendChart } from "./trend-chart.tsx";

export default function Features() {
  const { params } = useScope();
  const [written, write] = useChoice("events", "");
  const events = useQuestion<Events>("events", params);
  const chosen = readEvents(written, events.data);
  if (events.data && !events.outdated && events.data.rows.length === 0) return <NobodyShares />;
  return (
    <div class="grid">
      <TrendChart events={chosen} waiting={events} />
      <EventTable events={events} chosen={chosen} onChoose={(next) => write(printEvents(next))} />
      <Explorer events={events} />
      <ByVersion
        events={(events.data?.rows ?? []).map((row) => row.event)}
        first={chosen[0] ?? ""}
      />
      <PathsCard events={events} />
      <PagesTable />
    </div>
  );
}
