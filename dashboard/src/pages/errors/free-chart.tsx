import type { Query } from "../../api/query.ts";
import type { Errors } from "../../api/usage.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { summarise } from "../../chart/summary.ts";
import { formatShareExact } from "../../format/numbers.ts";
import { errorsText } from "../../text/errors.ts";

/** The share of sharing installs that had no error, over time. */
export function FreeChart({ query, before }: { query: Query<Errors>; before: Query<Errors> }) {
  return (
    <ChartCard
      id="error-free"
      class="narrow"
      title={errorsText.free}
      query={query}
      previous={before}
      definition={errorsText.freeFoot}
      model={freeModel}
      summary={(model) => summarise(model, errorsText.free)}
    />
  );
}

/** A bucket in which nobody reports is a gap: there is no share to speak of. */
export function freeModel(data: Errors): PlotModel {
  const pairs = data.starts.map((_, at) => {
    const of = data.sharing[at] ?? 0;
    return { free: of - (data.affected[at] ?? 0), of };
  });
  return {
    kind: "line",
    unit: "share",
    interval: data.interval,
    starts: data.starts,
    incomplete: data.incomplete,
    series: [
      {
        name: errorsText.free,
        colour: "cat-1",
        values: pairs.map(({ free, of }) => (of > 0 ? free / of : null)),
        notes: pairs.map(({ free, of }) => formatShareExact(free, of)),
      },
    ],
  };
}
