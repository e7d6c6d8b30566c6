import { useState } from "preact/hooks";
import { useQuestion } from "../../api/query.ts";
import type { IngestTokens as Answer, IngestToken, Made } from "../../api/settings.ts";
import { Card } from "../../card/card.tsx";
import { DataTable } from "../../card/data-table.tsx";
import { formatDayAndYear } from "../../format/dates.ts";
import { formatExact } from "../../format/numbers.ts";
import { settingsText as words } from "../../text/settings.ts";
import { ConfirmButton, DialogButton } from "./confirm.tsx";
import { ChangeForm, CheckField, numberOf, TextField, textOf } from "./form.tsx";
import { ShownOnce } from "./shown-once.tsx";
import { When } from "./when.tsx";

const t = words.ingest;
const labelOf = ({ name, hint }: IngestToken) => name || t.ends(hint);

/** Ingest tokens: listed, made, given a budget and a rate, rotated, revoked. */
export function IngestTokens({ apps }: { apps: string[] }) {
  const query = useQuestion<Answer>("settings/ingest-tokens", {});
  const [made, setMade] = useState<{ label: string; token: string } | null>(null);
  const rotated = ({ token }: Made) => setMade({ label: t.rotated, token });
  return (
    <Card id="ingest-tokens" title={words.section["ingest-tokens"]} query={query}>
      {({ rows }) => (
        <>
          <p class="settings-lead">{t.lead}</p>
          {made && <ShownOnce label={made.label} value={made.token} onDone={() => setMade(null)} />}
          {rows.length === 0 ? (
            <p class="card-empty">{t.empty}</p>
          ) : (
            <DataTable
              label={words.section["ingest-tokens"]}
              rows={rows}
              keyOf={({ id }) => id}
              columns={[
                { id: "app", label: words.app, heads: true, cell: ({ app }) => app },
                { id: "name", label: t.name, class: "settings-name", cell: nameOf },
                { id: "token", label: t.token, class: "mono", cell: ({ hint }) => t.ends(hint) },
                {
                  id: "rights",
                  label: t.rights,
                  cell: rightsOf,
                },
                {
                  id: "budget",
                  label: t.budget,
                  numeric: true,
                  cell: (row) => <Budget row={row} />,
                },
                { id: "rate", label: t.rate, numeric: true, cell: rateOf },
                { id: "used", label: t.used, cell: (row) => whenOr(row.lastUsedAt, words.never) },
                { id: "created", label: t.created, cell: (row) => whenOr(row.createdAt, "") },
                { id: "state", label: t.state, cell: stateOf },
                { id: "do", label: words.actions, cell: (row) => actionsOf(row, rotated) },
              ]}
            />
          )}
          <Create apps={apps} onMade={({ token }) => setMade({ label: t.made, token })} />
        </>
      )}
    </Card>
  );
}

/** Every token may send; some may send more than others. */
const rightsOf = ({ backfill, unattributed }: IngestToken) =>
  [t.send, backfill && t.backfill, unattributed && t.unattributed].filter(Boolean).join(", ");
const rateOf = ({ recordsPerSecond: own }: IngestToken) => (
  <span class={own === null ? "quiet" : ""}>
    {own === null ? t.ofCollector : t.perSecond(formatExact(own))}
  </span>
);
const whenOr = (at: string | null, otherwise: string) => (at ? <When at={at} /> : otherwise);
const nameOf = ({ name, source }: IngestToken) =>
  source === "settings" ? name : <span class="quiet">{t.from[source]}</span>;
const hasEnded = ({ revokedAt }: IngestToken) =>
  revokedAt !== null && Date.parse(revokedAt) <= Date.now();

function stateOf(row: IngestToken) {
  if (row.revokedAt === null) return t.active;
  const day = formatDayAndYear(row.revokedAt);
  return hasEnded(row) ? t.revoked(day) : t.ending(day);
}

/** Its own budget or that it has the app's, and a way to change it and the rate where they can be. */
function Budget({ row }: { row: IngestToken }) {
  const { id, newInstallsPerDay: own } = row;
  const value = own === null ? t.ofApp : formatExact(own);
  if (row.source !== "settings" || hasEnded(row)) return <span class="quiet">{value}</span>;
  return (
    <DialogButton
      {...{ id: `budget-${id}`, label: value }}
      name={t.budgetIs(labelOf(row), value)}
      title={t.budgetOf(labelOf(row))}
    >
      {(close) => (
        <ChangeForm
          id={`own-${id}`}
          fields={["newInstallsPerDay", "recordsPerSecond"]}
          button={words.save}
          onCancel={close}
          onDone={close}
          change={(data) => ({
            ...{ method: "PUT", path: `settings/ingest-tokens/${id}` },
            body: ownLimits(data),
          })}
        >
          <LimitFields of={row} />
        </ChangeForm>
      )}
    </DialogButton>
  );
}

function actionsOf(row: IngestToken, onRotated: (made: Made) => void) {
  if (row.source !== "settings") return <span class="quiet">{t.fixed}</span>;
  if (hasEnded(row)) return "";
  const label = labelOf(row);
  const path = `settings/ingest-tokens/${row.id}`;
  return (
    <div class="settings-actions">
      <DialogButton
        {...{ id: `rotate-${row.id}`, label: t.rotate }}
        name={t.rotateOf(label)}
        title={t.rotateTitle(label)}
      >
        {(close) => (
          <>
            <p>{t.rotateLead}</p>
            <ChangeForm<Made>
              id={`grace-${row.id}`}
              fields={["graceDays"]}
              button={t.rotate}
              onCancel={close}
              change={(data) => ({
                ...{ method: "POST", path: `${path}/rotate` },
                body: { graceDays: numberOf(data, "graceDays") },
              })}
              onDone={(made) => {
                close();
                onRotated(made);
              }}
            >
              <TextField name="graceDays" type="number" label={t.grace} value={7} />
            </ChangeForm>
          </>
        )}
      </DialogButton>
      <ConfirmButton
        {...{ id: `revoke-${row.id}`, label: t.revoke, lead: t.revokeLead }}
        name={t.revokeOf(label)}
        title={t.revokeTitle(label)}
        change={() => ({ method: "DELETE", path })}
      />
    </div>
  );
}

function LimitFields({ of }: { of?: IngestToken }) {
  return (
    <>
      <TextField
        {...{ name: "newInstallsPerDay", type: "number", label: t.newInstalls, hint: t.budgetHint }}
        value={of?.newInstallsPerDay ?? ""}
      />
      <TextField
        {...{ name: "recordsPerSecond", type: "number", label: t.recordsPerSecond }}
        hint={t.rateHint}
        value={of?.recordsPerSecond ?? ""}
      />
    </>
  );
}

const ownLimits = (data: FormData) => ({
  newInstallsPerDay: numberOf(data, "newInstallsPerDay"),
  recordsPerSecond: numberOf(data, "recordsPerSecond"),
});

function Create({ apps, onMade }: { apps: string[]; onMade: (made: Made) => void }) {
  return (
    <section class="settings-part" aria-labelledby="new-ingest-title">
      <h3 id="new-ingest-title">{t.create}</h3>
      <ChangeForm<Made>
        id="ingest"
        fields={["app", "name", "newInstallsPerDay", "recordsPerSecond"]}
        button={t.create}
        onDone={onMade}
        change={(data) => ({
          ...{ method: "POST", path: "settings/ingest-tokens" },
          body: {
            app: textOf(data, "app"),
            name: textOf(data, "name"),
            backfill: data.has("backfill"),
            unattributed: data.has("unattributed"),
            ...ownLimits(data),
          },
        })}
      >
        <TextField name="app" label={words.app} hint={words.apps.keyHint} list={apps} />
        <TextField name="name" label={t.name} hint={t.nameHint} />
        <LimitFields />
        <CheckField name="backfill" label={t.backfillField} />
        <CheckField name="unattributed" label={t.unattributedField} />
      </ChangeForm>
    </section>
  );
}
