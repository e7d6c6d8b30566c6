import { useRef, useState } from "preact/hooks";
import type { RetentionDays, RetentionPreview } from "../../api/settings.ts";
import { formatDayAndYear } from "../../format/dates.ts";
import { formatExact } from "../../format/numbers.ts";
import { settingsText as words } from "../../text/settings.ts";
import { ConfirmButton } from "./confirm.tsx";
import { ChangeForm, numberOf, TextField } from "./form.tsx";

const t = words.apps;
const LAYERS: (keyof RetentionDays)[] = ["base", "detailed", "signals"];

/** How long an app's records are kept: what that deletes is shown before it is agreed to. */
export function RetentionForm({ app, days }: { app: string; days: RetentionDays }) {
  const path = `settings/apps/${app}/retention`;
  const asked = useRef<unknown>(days);
  const [shown, setShown] = useState<{ body: unknown; rows: RetentionPreview["rows"] } | null>(
    null,
  );
  const list = byLayer(shown?.rows ?? []).map(({ layer, rows, until }) => (
    <li key={layer}>{t.deletes(formatExact(rows), t.layer[layer], formatDayAndYear(until))}</li>
  ));
  return (
    <section class="settings-part" aria-labelledby="retention-title">
      <h3 id="retention-title">{t.retention}</h3>
      <p class="settings-lead">{t.retentionHint}</p>
      <ChangeForm<RetentionPreview>
        id="retention"
        fields={LAYERS}
        button={t.preview}
        keep
        change={(data) => {
          asked.current = Object.fromEntries(LAYERS.map((layer) => [layer, numberOf(data, layer)]));
          return { method: "POST", path: `${path}/preview`, body: asked.current };
        }}
        onDone={({ rows }) => setShown({ body: asked.current, rows })}
      >
        <div class="settings-pair">
          <TextField name="base" type="number" label={t.baseDays} value={days.base} />
          <TextField name="detailed" type="number" label={t.detailedDays} value={days.detailed} />
          <TextField name="signals" type="number" label={t.signalDays} value={days.signals} />
        </div>
      </ChangeForm>
      {shown && (
        <div class="settings-part" role="status">
          {list.length === 0 ? <p>{t.nothing}</p> : <ul>{list}</ul>}
          <ConfirmButton
            id="retention-confirm"
            label={list.length === 0 ? t.confirmNothing : t.confirm}
            title={list.length === 0 ? t.retention : t.confirmTitle}
            lead={list.length === 0 ? t.nothing : t.confirmLead}
            change={() => ({ method: "PUT", path, body: shown.body })}
            onDone={() => setShown(null)}
          >
            {list.length > 0 && <ul>{list}</ul>}
          </ConfirmButton>
        </div>
      )}
    </section>
  );
}

/** What is deleted of each layer, in all of its tables: they keep their rows for the same days. */
function byLayer(rows: RetentionPreview["rows"]) {
  return LAYERS.flatMap((layer) => {
    const own = rows.filter((row) => row.layer === layer);
    const sum = own.reduce((total, row) => total + row.rows, 0);
    return sum === 0 ? [] : [{ layer, rows: sum, until: own[0]?.until ?? "" }];
  });
}
