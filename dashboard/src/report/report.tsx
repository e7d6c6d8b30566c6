import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { formatDayAndYear, formatInstant } from "../format/dates.ts";
import { formatExact } from "../format/numbers.ts";
import { Mark } from "../shell/icons.tsx";
import { reportText as text } from "../text/report.ts";
import { ActiveCard, BreakdownCard, EventsCard, Tiles, VersionsCard, valueName } from "./cards.tsx";
import type { Field, Report } from "./types.ts";
import type { Loaded } from "./use-report.ts";
import "./report.css";

/**
 * What the public page, share links and viewers see.
 *
 * @param children controls below the head: a viewer's app, range and filters
 */
export function ReportPage(props: {
  loaded: Loaded;
  controls?: ComponentChildren;
  actions?: ComponentChildren;
}) {
  const { report, loading, error, retry } = props.loaded;
  useEffect(() => {
    document.title = report ? text.title(report.name) : text.product;
  }, [report?.name]);
  return (
    <>
      <a class="skip" href="#content">
        {text.skip}
      </a>
      <div class="report">
        <header class="report-head">
          <div class="report-brand">
            <Mark />
            <div>
              <h1>{report ? text.heading(report.name) : text.product}</h1>
              <p class="quiet small">{text.lead}</p>
            </div>
          </div>
          {props.actions}
        </header>
        {props.controls}
        <main id="content" tabIndex={-1} aria-busy={loading && report === null}>
          {error !== null && error.status !== 404 && (
            <Failed error={error} retry={retry} stale={report !== null} />
          )}
          {error?.status === 404 && <Notice title={text.gone.title} lead={text.gone.lead} />}
          {report === null && error === null && <Skeleton />}
          {report !== null && (
            <div class={loading ? "outdated" : ""}>
              <Body report={report} />
            </div>
          )}
        </main>
      </div>
    </>
  );
}

function Body({ report }: { report: Report }) {
  const next = formatInstant(report.nextAt, new Date());
  if (report.day === null) {
    return <Notice title={text.empty.title} lead={text.empty.lead(next)} />;
  }
  const shows = (chart: string) => report.charts.includes(chart);
  const k = formatExact(report.k ?? 0);
  const fields = report.breakdowns.filter(({ field }) => field !== "app_version");
  const few =
    report.breakdowns.length > 0 && report.breakdowns.every(({ rows }) => rows.length === 0);
  return (
    <>
      <p class="report-rules" data-testid="rules">
        {filterSentence(report)}
        {text.rules({
          k,
          rounding: formatExact(report.rounding ?? 0),
          day: formatDayAndYear(report.day),
        })}
      </p>
      {shows("summary") && <Tiles report={report} />}
      <div class="report-cards">
        <ActiveCard report={report} />
        {few ? (
          <div class="card wide">
            <p class="card-empty">
              <span>
                <strong>{text.few(formatExact(report.least ?? 0))}</strong>
                <br />
                {text.fewLead}
              </span>
            </p>
          </div>
        ) : (
          <>
            <VersionsCard report={report} />
            <div class="report-fields">
              {fields.map((breakdown) => (
                <BreakdownCard key={breakdown.field} breakdown={breakdown} report={report} />
              ))}
              <EventsCard report={report} />
            </div>
          </>
        )}
      </div>
      <footer class="report-foot small">
        {text.what} {text.next(next)}
      </footer>
    </>
  );
}

function filterSentence({ filters }: Report): string {
  const named = (Object.entries(filters) as [Field, string][]).map(([field, value]) =>
    text.filter(text.field[field].toLowerCase(), valueName(value)),
  );
  return named.length === 0 ? "" : `${text.filtered(named.join(text.and))} `;
}

function Notice({ title, lead }: { title: string; lead: string }) {
  return (
    <div class="card notice">
      <h2>{title}</h2>
      <p>{lead}</p>
    </div>
  );
}

function Failed(props: { error: { requestId: string }; retry: () => void; stale: boolean }) {
  const { requestId } = props.error;
  return (
    <div class={`card-error ${props.stale ? "kept" : ""}`} role="alert">
      <div>
        <p class="card-error-title">{props.stale ? text.failed.stale : text.failed.title}</p>
        <p>{text.failed.lead}</p>
        {requestId && <p class="mono small">{text.failed.request(requestId)}</p>}
      </div>
      <button type="button" class="button" onClick={props.retry}>
        {text.failed.retry}
      </button>
    </div>
  );
}

function Skeleton() {
  return (
    <div role="status" aria-label={text.loading}>
      <div class="report-tiles">
        {[1, 2, 3, 4].map((tile) => (
          <div key={tile} class="card">
            <div class="skeleton tile-skeleton" />
          </div>
        ))}
      </div>
      <div class="card">
        <div class="skeleton tall" />
      </div>
    </div>
  );
}
