import { useQuestion } from "../../api/query.ts";
import type { AuditLog } from "../../api/settings.ts";
import { Card } from "../../card/card.tsx";
import { DataTable } from "../../card/data-table.tsx";
import { formatDayAndYear, formatInstant } from "../../format/dates.ts";
import { useChoice } from "../../state/navigation.ts";
import { settingsText as words } from "../../text/settings.ts";

const t = words.audit;
type Row = AuditLog["rows"][number];

/** Who changed what, and when. */
export function Audit() {
  const [kind, setKind] = useChoice("kind", "");
  const [before, setBefore] = useChoice("before", "");
  const params = { ...(kind && { kind }), ...(before && { before }) };
  const query = useQuestion<AuditLog>("settings/audit", params);
  return (
    <Card
      id="audit"
      title={words.section.audit}
      query={query}
      actions={
        <select
          class="field inline-field"
          aria-label={t.filter}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
        >
          <option value="">{t.all}</option>
          {Object.entries(t.kind).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      }
    >
      {({ rows, next }) => (
        <>
          <p class="settings-lead">{t.lead}</p>
          {rows.length === 0 ? (
            <p class="card-empty">{t.empty}</p>
          ) : (
            <DataTable
              label={words.section.audit}
              rows={rows.map((row, place) => ({ ...row, place }))}
              keyOf={({ place }) => String(place)}
              columns={[
                { id: "at", label: t.when, heads: true, cell: whenOf },
                { id: "by", label: t.who, cell: ({ by }) => by },
                { id: "what", label: t.what, cell: whatOf },
                { id: "of", label: t.of, class: "settings-wrap", cell: ({ label }) => label },
                { id: "changes", label: t.changes, class: "settings-wrap", cell: changesOf },
              ]}
            />
          )}
          <div class="row">
            {before && (
              <button type="button" class="button" onClick={() => setBefore("")}>
                {t.newest}
              </button>
            )}
            {next && (
              <button type="button" class="button" onClick={() => setBefore(next)}>
                {t.older}
              </button>
            )}
          </div>
        </>
      )}
    </Card>
  );
}

const whenOf = ({ at }: Row) => (
  <time dateTime={at}>
    {formatDayAndYear(at)}, {formatInstant(at, new Date(at))}
  </time>
);
const whatOf = ({ kind, action }: Row) => `${t.kind[kind] ?? kind} ${action}`;

function changeInWords(field: string, before: string | null, after: string | null): string {
  if (before === null) return after === null ? t.secret(field) : t.set(field, after);
  return t.change(field, before, after ?? words.none);
}

const changesOf = ({ changes }: Row) => (
  <ul>
    {changes.map(({ field, before, after }) => (
      <li key={field}>{changeInWords(t.field[field] ?? field, before, after)}</li>
    ))}
  </ul>
);
