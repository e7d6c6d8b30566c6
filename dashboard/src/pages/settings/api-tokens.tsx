import { useState } from "preact/hooks";
import { useQuestion } from "../../api/query.ts";
import { type ApiTokens as Answer, type Made, SCOPES } from "../../api/settings.ts";
import { Card } from "../../card/card.tsx";
import { DataTable } from "../../card/data-table.tsx";
import { formatDayAndYear } from "../../format/dates.ts";
import { settingsText as words } from "../../text/settings.ts";
import { ConfirmButton } from "./confirm.tsx";
import { ChangeForm, CheckList, listOf, momentOf, TextField, textOf } from "./form.tsx";
import { ShownOnce } from "./shown-once.tsx";
import { When } from "./when.tsx";

const t = words.api;
const common = words.ingest;
type Row = Answer["rows"][number];

/** API tokens: listed, made, revoked. */
export function ApiTokens({ apps }: { apps: string[] }) {
  const query = useQuestion<Answer>("settings/api-tokens", {});
  const [made, setMade] = useState("");
  return (
    <Card id="api-tokens" title={words.section["api-tokens"]} query={query}>
      {({ rows }) => (
        <>
          <p class="settings-lead">{t.lead}</p>
          {made && <ShownOnce label={t.made} value={made} onDone={() => setMade("")} />}
          {rows.length === 0 ? (
            <p class="card-empty">{t.empty}</p>
          ) : (
            <DataTable
              label={words.section["api-tokens"]}
              rows={rows}
              keyOf={({ id }) => id}
              columns={[
                { id: "name", label: common.name, heads: true, cell: ({ name }) => name },
                {
                  ...{ id: "token", label: common.token, class: "mono" },
                  cell: ({ hint }) => common.ends(hint),
                },
                { id: "scopes", label: t.scopes, cell: ({ scopes }) => scopes.join(", ") },
                {
                  id: "apps",
                  label: t.apps,
                  cell: (row) => row.apps?.join(", ") ?? words.everyApp,
                },
                { id: "used", label: common.used, cell: usedOf },
                { id: "expires", label: t.expires, cell: endOf },
                { id: "do", label: words.actions, cell: revoke },
              ]}
            />
          )}
          <Create apps={apps} onMade={({ token }) => setMade(token)} />
        </>
      )}
    </Card>
  );
}

const usedOf = ({ lastUsedAt }: Row) => (lastUsedAt ? <When at={lastUsedAt} /> : words.never);

function endOf({ expiresAt }: Row) {
  if (expiresAt === null) return words.never;
  const ended = Date.parse(expiresAt) <= Date.now();
  return ended ? t.ended(formatDayAndYear(expiresAt)) : <When at={expiresAt} />;
}

const revoke = ({ id, name }: Row) => (
  <ConfirmButton
    {...{ id: `revoke-${id}`, label: common.revoke, lead: t.revokeLead }}
    name={common.revokeOf(name)}
    title={common.revokeTitle(name)}
    change={() => ({ method: "DELETE", path: `settings/api-tokens/${id}` })}
  />
);

function Create({ apps, onMade }: { apps: string[]; onMade: (made: Made) => void }) {
  return (
    <section class="settings-part" aria-labelledby="new-api-title">
      <h3 id="new-api-title">{t.create}</h3>
      <ChangeForm<Made>
        id="api"
        fields={["name", "scopes", "apps", "expiresAt"]}
        button={t.create}
        onDone={onMade}
        change={(data) => {
          const chosen = listOf(data, "apps");
          return {
            ...{ method: "POST", path: "settings/api-tokens" },
            body: {
              name: textOf(data, "name"),
              scopes: listOf(data, "scopes"),
              apps: chosen.length === 0 ? null : chosen,
              expiresAt: momentOf(data, "expiresAt"),
            },
          };
        }}
      >
        <TextField name="name" label={common.name} hint={common.nameHint} />
        <CheckList
          name="scopes"
          long
          label={t.scopes}
          checked={["read"]}
          options={SCOPES.map((value) => ({ value, label: t.scope[value] }))}
        />
        <CheckList
          {...{ name: "apps", label: t.apps, hint: t.appsHint }}
          options={apps.map((value) => ({ value, label: value }))}
        />
        <TextField name="expiresAt" type="date" label={t.expires} hint={t.expiresHint} />
      </ChangeForm>
    </section>
  );
}
