import { useEffect, useState } from "preact/hooks";
import { reportText as text } from "../text/report.ts";
import { valueName } from "./cards.tsx";
import { ReportPage } from "./report.tsx";
import type { Field, Report } from "./types.ts";
import { useReport } from "./use-report.ts";
import {
  parseViewerState,
  printViewerState,
  type ViewerState,
  withFilter,
} from "./viewer-state.ts";

interface SeenApp {
  app: string;
  name: string;
}

/** Without a session the same address has the sign-in page. */
const signInAgain = () => location.reload();

async function signOut(): Promise<void> {
  await fetch("/api/v1/session", { method: "DELETE", credentials: "same-origin" }).catch(() => {});
  signInAgain();
}

/** What a signed-in viewer sees: the report of an app that they may see, by up to two filters. */
export function ViewerReport() {
  const [state, setState] = useState(() => parseViewerState(location.search));
  const [apps, setApps] = useState<SeenApp[] | null>(null);
  useEffect(() => {
    const back = () => setState(parseViewerState(location.search));
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  useEffect(() => {
    void fetch("/api/v1/published/apps", { credentials: "same-origin" })
      .then(async (reply) => {
        if (reply.status === 401) signInAgain();
        setApps(reply.ok ? ((await reply.json()) as { rows: SeenApp[] }).rows : []);
      })
      .catch(() => setApps([]));
  }, []);
  const app = apps?.find((known) => known.app === state.app)?.app ?? apps?.[0]?.app ?? null;
  const change = (next: ViewerState) => {
    history.pushState(null, "", `/${printViewerState(next)}`);
    setState(next);
  };
  const question = (filters: ViewerState["filters"]) =>
    app &&
    `/api/v1/published/report?${new URLSearchParams({ app, from: firstDay(state.days), ...filters })}`;
  const loaded = useReport(question(state.filters), signInAgain);
  // The menus' values are those of the whole app.
  const whole = useReport(question({}), signInAgain);
  return (
    <ReportPage
      loaded={
        app === null && apps !== null
          ? { ...loaded, error: { status: 404, requestId: "" } }
          : loaded
      }
      actions={
        <button type="button" class="button" onClick={() => void signOut()}>
          {text.viewer.signOut}
        </button>
      }
      controls={
        app !== null && (
          <Controls
            apps={apps ?? []}
            app={app}
            state={state}
            report={whole.report}
            onChange={change}
          />
        )
      }
    />
  );
}

function firstDay(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

function Controls(props: {
  apps: SeenApp[];
  app: string;
  state: ViewerState;
  report: Report | null;
  onChange: (next: ViewerState) => void;
}) {
  const { apps, app, state, report, onChange } = props;
  const breakdowns = report?.breakdowns ?? [];
  const chosen = Object.keys(state.filters) as Field[];
  return (
    <section class="report-controls" aria-label={text.viewer.controls}>
      {apps.length > 1 && (
        <Choice
          label={text.viewer.app}
          value={app}
          options={apps.map((each) => [each.app, each.name])}
          onChange={(next) => onChange({ ...state, app: next, filters: {} })}
        />
      )}
      <Choice
        label={text.viewer.range}
        value={String(state.days)}
        options={Object.entries(text.viewer.days)}
        onChange={(days) => onChange({ ...state, days: Number(days) })}
      />
      {chosen.map((field) => (
        <div key={field} class="filter-pair">
          <Choice
            label={text.field[field]}
            value={state.filters[field] ?? ""}
            options={valuesOf(breakdowns, field, state.filters[field])}
            onChange={(value) => onChange(withFilter(state, field, value))}
          />
          <button
            type="button"
            class="button"
            aria-label={text.viewer.remove(text.field[field])}
            onClick={() => onChange(withFilter(state, field, ""))}
          >
            ×
          </button>
        </div>
      ))}
      {chosen.length < 2 && breakdowns.some(({ rows }) => rows.length > 0) && (
        <Choice
          label={text.viewer.addFilter}
          value=""
          options={[
            ["", text.viewer.any],
            ...breakdowns.flatMap(({ field, rows }): [string, string][] => {
              const [first] = rows;
              const fits = !chosen.includes(field) && goTogether([...chosen, field]);
              return first && fits ? [[field, text.field[field]]] : [];
            }),
          ]}
          onChange={(field) => {
            const first = breakdowns.find((each) => each.field === field)?.rows[0];
            if (first) onChange(withFilter(state, field as Field, first.value));
          }}
        />
      )}
    </section>
  );
}

const MAIN: readonly Field[] = ["app_version", "platform", "deployment_type", "release_channel"];
const goTogether = (fields: Field[]) =>
  fields.length < 2 || fields.some((field) => MAIN.includes(field));

function valuesOf(
  breakdowns: Report["breakdowns"],
  field: Field,
  now: string | undefined,
): [string, string][] {
  const values =
    breakdowns.find((each) => each.field === field)?.rows.map(({ value }) => value) ?? [];
  const all = now === undefined || values.includes(now) ? values : [now, ...values];
  return all.map((value) => [value, valueName(value)]);
}

function Choice(props: {
  label: string;
  value: string;
  options: [value: string, name: string][];
  onChange: (value: string) => void;
}) {
  return (
    <label>
      {props.label}
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
