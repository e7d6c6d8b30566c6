import { useQuestion } from "../../api/query.ts";
import type { Errors as Answer } from "../../api/usage.ts";
import { useScope } from "../../state/scope.ts";
import { NobodyShares } from "../usage/nobody-shares.tsx";
import { FreeChart } from "./free-chart.tsx";
import { StackList } from "./stack-list.tsx";
import { TrendChart } from "./trend-chart.tsx";
import { TypeTable } from "./type-table.tsx";
import { VersionTable } from "./version-table.tsx";

export default function Errors() {
  const { params, previous, interval } = useScope();
  const query = useQuestion<Answer>("errors", { ...params, interval });
  const before = useQuestion<Answer>("errors", previous && { ...previous, interval });
  const { data } = query;
  const nothing = data?.sharingDetailed === 0 && data.total.count === 0;
  if (nothing && !query.outdated) return <NobodyShares />;
  return (
    <div class="grid">
      <TrendChart query={query} before={before} />
      <FreeChart query={query} before={before} />
      <TypeTable query={query} />
      {data && data.rows.length > 0 && (
        <>
          <VersionTable fromSignals={data.fromSignals} />
          <StackList />
        </>
      )}
    </div>
  );
}
