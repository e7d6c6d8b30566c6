import { compareVersions } from "@rollcall/schemas/versions";
import { useQuestion } from "../../api/query.ts";
import type { Slices } from "../../api/usage.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { IntervalChoice } from "../../card/interval-choice.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { SmallMultiples } from "../../chart/small-multiples.tsx";
import { formatCount } from "../../format/numbers.ts";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { featuresText } from "../../text/features.ts";
import { EventSelect } from "../usage/event-select.tsx";
import { sliceLines } from "./slice-lines.ts";

const words = featuresText.byVersion;
/** As many small charts can be told apart; what is beyond them is one more. */
const MOST_VERSIONS = 6;

/** On which versions an event is used: a small chart for each, all with the same axes. */
export function ByVersion(props: { events: readonly string[]; first: string }) {
  const { params, previous, interval } = useScope();
  const [written, choose] = useChoice("version-event", "");
  const event = written || props.first;
  const asked = {
    ...{ event, field: "app_version", measure: "installs", over: "time", interval },
    top: String(MOST_VERSIONS),
  };
  const ask = (scope: typeof previous) => (scope && event !== "" ? { ...scope, ...asked } : null);
  const query = useQuestion<Slices>("events/explore", ask(params));
  const before = useQuestion<Slices>("events/explore", ask(previous));
  return (
    <ChartCard
      id="by-version"
      class="with-controls"
      title={words.title}
      query={query}
      previous={before}
      definition={words.foot}
      empty={featuresText.explore.empty}
      model={versionsModel}
      summary={() => (query.data ? summarise(query.data, event) : "")}
      draw={(model, summary) => <SmallMultiples label={summary} model={model} />}
      actions={
        <div class="controls-row">
          <EventSelect label={words.event} value={event} events={props.events} onChange={choose} />
          <IntervalChoice />
        </div>
      }
    />
  );
}

/** The newest version first; the rest, and records that say none, at the end. */
export function versionsModel(data: Slices): PlotModel {
  const values = data.rows
    .filter(({ kind }) => kind === "value")
    .sort((a, b) => compareVersions(a.value, b.value));
  const rest = data.rows.filter(({ kind }) => kind !== "value");
  return sliceLines(data, [...values, ...rest], () => "cat-1");
}

/** The version on which most installs sent it. */
function summarise({ rows, total }: Slices, event: string): string {
  const named = rows.filter(({ kind }) => kind === "value");
  const [first, ...others] = named;
  if (!first) return words.none(event, formatCount(total.installs));
  const most = others.reduce((best, row) => (row.installs > best.installs ? row : best), first);
  return words.summary(event, formatCount(total.installs), most.value, formatCount(most.installs));
}
