import type { SignalStatus } from "../../api/signals.ts";
import { formatCount, formatShare } from "../../format/numbers.ts";
import { CloseIcon } from "../../shell/icons.tsx";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { operationsText } from "../../text/operations.ts";
import { text } from "../../text/shell.ts";
import { nameOfVersion, useBucket, useSignalFilters, type Whose } from "./filters.ts";

const words = operationsText.filter;

/** What narrows the page, and what its numbers are numbers of. */
export function FilterRow({ status }: { status: SignalStatus | null }) {
  const filters = useSignalFilters();
  const [, setService] = useChoice("service", "");
  const [, setWhose] = useChoice("whose", "all");
  const [, setRoute] = useChoice("route", "");
  const [, setVersion] = useChoice("release", "");
  const { bucket, buckets, choose } = useBucket();
  const services = [
    ...new Set([...(status?.services ?? []).map(({ service }) => service), filters.service]),
  ].filter(Boolean);
  return (
    <div class="operations-head">
      <div class="operations-controls">
        {services.length > 1 && (
          <select
            class="field inline-field"
            aria-label={words.service}
            value={filters.service}
            onChange={(event) => setService(event.currentTarget.value)}
          >
            <option value="">{words.allServices}</option>
            {services.map((service) => (
              <option key={service} value={service}>
                {service}
              </option>
            ))}
          </select>
        )}
        <Segmented<Whose>
          label={words.whose.label}
          value={filters.whose}
          onChange={setWhose}
          options={(["all", "install", "nobody"] as const).map((each) => ({
            value: each,
            label: words.whose[each],
          }))}
        />
        {buckets.length > 1 && (
          <Segmented
            label={text.interval.label}
            value={bucket}
            onChange={choose}
            options={buckets.map((each) => ({ value: each, label: text.interval[each] }))}
          />
        )}
        <Chip name={words.route} value={filters.route} onRemove={() => setRoute("")} />
        <Chip
          name={words.version}
          value={filters.version && nameOfVersion(filters.version)}
          onRemove={() => setVersion("")}
        />
      </div>
      <p class="quiet">
        {status && summaryOf(status)} {operationsText.honest}
      </p>
    </div>
  );
}

function Chip(props: { name: string; value: string; onRemove: () => void }) {
  if (props.value === "") return null;
  return (
    <button
      type="button"
      class="chip"
      aria-label={words.remove(props.name, props.value)}
      onClick={props.onRemove}
    >
      <span class="quiet">{props.name}</span> {props.value} <CloseIcon />
    </button>
  );
}

/** What arrived, and how much of it is nobody's. */
function summaryOf({ rows }: SignalStatus): string {
  const of = (signal: string) => rows.find((row) => row.signal === signal)?.received ?? 0;
  const all = rows.reduce((sum, { received }) => sum + received, 0);
  const attributed = rows.reduce((sum, row) => sum + row.attributed, 0);
  const [spans, points, logs] = [of("spans"), of("points"), of("logs")].map(formatCount);
  const said = operationsText.received(spans ?? "", points ?? "", logs ?? "");
  return all === attributed
    ? said
    : `${said} ${operationsText.nobodys(formatShare(all - attributed, all))}`;
}
