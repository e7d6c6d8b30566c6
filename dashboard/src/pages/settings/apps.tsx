import { useState } from "preact/hooks";
import { useQuestion } from "../../api/query.ts";
import type { AppRow, AppSettings } from "../../api/settings.ts";
import { Card } from "../../card/card.tsx";
import { DataTable } from "../../card/data-table.tsx";
import { formatExact } from "../../format/numbers.ts";
import { useChoice } from "../../state/navigation.ts";
import { settingsText as words } from "../../text/settings.ts";
import { ChangeForm, numberOf, TextField, textOf } from "./form.tsx";
import { RetentionForm } from "./retention.tsx";

const t = words.apps;

/** Apps: name, smallest group, budget, retention. */
export function Apps() {
  const query = useQuestion<AppSettings>("settings/apps", {});
  const [edited, edit] = useChoice("edit", "");
  return (
    <Card id="apps" title={words.section.apps} query={query}>
      {({ rows }) => {
        const row = rows.find(({ app }) => app === edited);
        return (
          <>
            <p class="settings-lead">{t.lead}</p>
            <DataTable
              label={words.section.apps}
              rows={rows}
              keyOf={(row) => row.app}
              columns={[
                { id: "app", label: t.key, heads: true, cell: nameOf },
                { id: "mode", label: t.mode, cell: (row) => t.modes[row.mode] },
                { id: "k", label: t.k, numeric: true, cell: (row) => formatExact(row.k) },
                { id: "budget", label: t.budget, numeric: true, cell: budgetOf },
                { id: "base", label: t.base, numeric: true, cell: (row) => days(row, "base") },
                {
                  ...{ id: "detailed", label: t.detailed, numeric: true },
                  cell: (row) => days(row, "detailed"),
                },
                {
                  ...{ id: "signals", label: t.signals, numeric: true },
                  cell: (row) => days(row, "signals"),
                },
                {
                  ...{ id: "edit", label: words.actions },
                  cell: ({ app }) => (
                    <button
                      type="button"
                      class="button"
                      aria-label={words.editOf(app)}
                      aria-pressed={app === edited}
                      onClick={() => edit(app === edited ? "" : app)}
                    >
                      {words.edit}
                    </button>
                  ),
                },
              ]}
            />
            {row ? <EditApp key={row.app} row={row} onClose={() => edit("")} /> : <AddApp />}
          </>
        );
      }}
    </Card>
  );
}

const nameOf = ({ app, name }: AppRow) => (name ? `${name} (${app})` : app);
const budgetOf = ({ newInstallsPerDay }: AppRow) =>
  newInstallsPerDay === null ? t.noBudget : formatExact(newInstallsPerDay);
const days = ({ retentionDays }: AppRow, layer: keyof AppRow["retentionDays"]) =>
  t.days(formatExact(retentionDays[layer]));

function EditApp({ row, onClose }: { row: AppRow; onClose: () => void }) {
  const [saved, setSaved] = useState(false);
  return (
    <section class="settings-part" aria-labelledby="edit-app-title">
      <h3 id="edit-app-title">{t.editTitle(row.app)}</h3>
      <ChangeForm
        id="app"
        fields={["name", "k", "newInstallsPerDay"]}
        button={words.save}
        keep
        onCancel={onClose}
        onDone={() => setSaved(true)}
        change={(data) => ({
          ...{ method: "PUT", path: `settings/apps/${row.app}` },
          body: {
            name: textOf(data, "name") || null,
            k: numberOf(data, "k"),
            newInstallsPerDay: numberOf(data, "newInstallsPerDay"),
          },
        })}
      >
        <TextField name="name" label={t.name} hint={t.nameHint} value={row.name ?? ""} />
        <TextField name="k" type="number" label={t.k} hint={t.kHint} value={row.k} />
        <TextField
          {...{ name: "newInstallsPerDay", type: "number", label: t.budget, hint: t.budgetHint }}
          value={row.newInstallsPerDay ?? ""}
        />
      </ChangeForm>
      <p role="status" class="quiet small">
        {saved ? words.saved : ""}
      </p>
      <RetentionForm app={row.app} days={row.retentionDays} />
    </section>
  );
}

function AddApp() {
  return (
    <section class="settings-part" aria-labelledby="add-app-title">
      <h3 id="add-app-title">{t.add}</h3>
      <ChangeForm
        id="new-app"
        fields={["app", "name"]}
        button={t.add}
        change={(data) => {
          // No name at all is no address: "-" is not allowed either, and the answer says what is.
          const app = encodeURIComponent(textOf(data, "app") || "-");
          const body = { name: textOf(data, "name") || null };
          return { method: "PUT", path: `settings/apps/${app}`, body };
        }}
      >
        <TextField name="app" label={t.key} hint={t.keyHint} />
        <TextField name="name" label={t.name} hint={t.nameHint} />
      </ChangeForm>
    </section>
  );
}
