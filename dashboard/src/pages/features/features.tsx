import { useQuery } from "../../api/query.ts";
import { useChoice } from "../../state/navigation.ts";
import { questionKey, useScope } from "../../state/scope.ts";
import { text } from "../../text.ts";
import { EventTable } from "./event-table.tsx";
import { printEvents, readEvents } from "./selection.ts";
import { TrendChart } from "./trend-chart.tsx";

export function Features() {
  const { params } = useScope();
  const [written, write] = useChoice("events", "");
  const events = useQuery(questionKey("events", params), (api, signal) =>
    api.events(params, signal),
  );
  const chosen = readEvents(written, events.data);
  if (events.data && !events.outdated && events.data.rows.length === 0) return <NobodyShares />;
  return (
    <div class="grid">
      <TrendChart events={chosen} waiting={events} />
      <EventTable events={events} chosen={chosen} onChoose={(next) => write(printEvents(next))} />
    </div>
  );
}

function NobodyShares() {
  return (
    <section class="card notice" data-testid="nobody-shares">
      <h2>{text.features.noneTitle}</h2>
      <p>{text.features.noneLead}</p>
    </section>
  );
}
