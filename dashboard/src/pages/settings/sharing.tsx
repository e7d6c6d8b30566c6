import { useState } from "preact/hooks";
import { useQuestion } from "../../api/query.ts";
import type { PublicPage, ShareLinks } from "../../api/settings.ts";
import { Card } from "../../card/card.tsx";
import { DataTable } from "../../card/data-table.tsx";
import { settingsText as words } from "../../text/settings.ts";
import { text } from "../../text/shell.ts";
import { ConfirmButton } from "./confirm.tsx";
import {
  ChangeForm,
  CheckList,
  listOf,
  momentOf,
  SelectField,
  TextField,
  textOf,
} from "./form.tsx";
import { ShownOnce } from "./shown-once.tsx";
import { When } from "./when.tsx";

const t = words.sharing;
const CHARTS = Object.entries(t.chart).map(([value, label]) => ({ value, label }));
const FIELDS = Object.entries(text.value.field).map(([value, label]) => ({ value, label }));
const chartsInWords = (charts: string[]) =>
  charts.map((chart) => CHARTS.find(({ value }) => value === chart)?.label ?? chart).join(", ");

/** Who may read without an account: by a link, or everybody. */
export default function Sharing({ app }: { app: string }) {
  return (
    <>
      <Links app={app} />
      <Public app={app} />
    </>
  );
}

function Links({ app }: { app: string }) {
  const query = useQuestion<ShareLinks>("settings/share-links", { app });
  const [made, setMade] = useState("");
  return (
    <Card id="share-links" title={t.links} query={query}>
      {({ rows }) => (
        <>
          <p class="settings-lead">{t.linksLead}</p>
          {made && <ShownOnce label={t.made} value={made} onDone={() => setMade("")} />}
          {rows.length === 0 ? (
            <p class="card-empty">{t.empty}</p>
          ) : (
            <DataTable
              label={t.links}
              rows={rows}
              keyOf={({ id }) => id}
              columns={[
                { id: "name", label: t.name, heads: true, cell: ({ name }) => name },
                {
                  ...{ id: "charts", label: t.charts, class: "settings-wrap" },
                  cell: ({ charts }) => chartsInWords(charts),
                },
                { id: "filters", label: t.filters, cell: ({ filters }) => filtersInWords(filters) },
                { id: "expires", label: t.expires, cell: endOf },
                {
                  ...{ id: "do", label: words.actions },
                  cell: ({ id, name }) => (
                    <ConfirmButton
                      {...{ id: `unshare-${id}`, label: words.remove, lead: t.removeLead }}
                      name={words.removeOf(name)}
                      title={t.removeTitle(name)}
                      change={() => ({ method: "DELETE", path: `settings/share-links/${id}` })}
                    />
                  ),
                },
              ]}
            />
          )}
          <CreateLink app={app} onMade={(path) => setMade(`${location.origin}${path}`)} />
        </>
      )}
    </Card>
  );
}

const endOf = ({ expiresAt, expired }: ShareLinks["rows"][number]) => {
  if (expiresAt === null) return words.never;
  return expired ? t.ended : <When at={expiresAt} />;
};
const filtersInWords = (filters: Record<string, string>) =>
  Object.entries(filters)
    .map(([field, value]) => `${FIELDS.find((one) => one.value === field)?.label}: ${value}`)
    .join(", ") || words.none;

function CreateLink({ app, onMade }: { app: string; onMade: (path: string) => void }) {
  return (
    <section class="settings-part" aria-labelledby="new-link-title">
      <h3 id="new-link-title">{t.create}</h3>
      <ChangeForm<{ path: string }>
        id="link"
        fields={["name", "charts", "expiresAt"]}
        button={t.create}
        onDone={({ path }) => onMade(path)}
        change={(data) => ({
          ...{ method: "POST", path: "settings/share-links" },
          body: {
            ...{ app, name: textOf(data, "name"), charts: listOf(data, "charts") },
            filters: filtersOf(data),
            expiresAt: momentOf(data, "expiresAt"),
          },
        })}
      >
        <TextField name="name" label={t.name} />
        <CheckList
          {...{ name: "charts", label: t.charts, options: CHARTS }}
          checked={["summary", "active", "versions"]}
        />
        <FilterFields place="1" />
        <FilterFields place="2" />
        <p class="quiet small">{t.filterHint}</p>
        <TextField name="expiresAt" type="date" label={t.expires} hint={t.expiresHint} />
      </ChangeForm>
    </section>
  );
}

const FilterFields = ({ place }: { place: string }) => (
  <div class="settings-pair">
    <SelectField
      {...{ name: `field${place}`, label: t.field(place) }}
      options={[{ value: "", label: t.noFilter }, ...FIELDS]}
    />
    <TextField name={`value${place}`} label={t.value(place)} />
  </div>
);

function filtersOf(data: FormData): Record<string, string> {
  const pairs = ["1", "2"].map((place) => [
    textOf(data, `field${place}`),
    textOf(data, `value${place}`),
  ]);
  return Object.fromEntries(pairs.filter(([field]) => field !== ""));
}

function Public({ app }: { app: string }) {
  const query = useQuestion<PublicPage>("settings/public-page", { app });
  return (
    <Card id="public-page" title={t.page} query={query}>
      {(page) => (
        <>
          <p class="settings-lead">{t.pageLead}</p>
          {page.charts.length === 0 ? (
            <p class="settings-lead">{t.off}</p>
          ) : (
            <Addresses {...page} />
          )}
          <PublicChoice key={page.charts.join()} app={app} charts={page.charts} />
        </>
      )}
    </Card>
  );
}

const Addresses = ({ path, json, badges }: PublicPage) => (
  <p class="settings-lead settings-list">
    {t.on}
    {[path, json, ...badges].map((place) => (
      <a key={place} href={place} target="_blank" rel="noopener">
        {place}
      </a>
    ))}
  </p>
);

function PublicChoice({ app, charts }: { app: string; charts: string[] }) {
  const [chosen, setChosen] = useState(charts);
  return (
    <div class="settings-form">
      <fieldset class="settings-field">
        <legend>{t.charts}</legend>
        <div class="settings-checks">
          {CHARTS.map(({ value, label }) => (
            <label key={value} class="check-row">
              <input
                type="checkbox"
                checked={chosen.includes(value)}
                onChange={(event) =>
                  setChosen(
                    event.currentTarget.checked
                      ? [...chosen, value]
                      : chosen.filter((other) => other !== value),
                  )
                }
              />
              <span>{label}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <ConfirmButton
        {...{ id: "publish", label: t.publish, title: t.publishTitle }}
        lead={chosen.length === 0 ? t.off : `${t.publishLead} ${chartsInWords(chosen)}.`}
        change={() => ({
          ...{ method: "PUT", path: "settings/public-page" },
          body: { app, charts: chosen },
        })}
      />
    </div>
  );
}
