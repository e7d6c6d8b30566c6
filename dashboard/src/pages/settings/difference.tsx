import type { ComponentChildren } from "preact";
import type { CataloguePreview } from "../../api/settings.ts";
import { DataTable } from "../../card/data-table.tsx";
import { formatExact } from "../../format/numbers.ts";
import { settingsText as words } from "../../text/settings.ts";

const t = words.catalogue;

/** Why a catalogue cannot be taken, place by place. */
export function Problems({ problems }: Pick<CataloguePreview, "problems">) {
  return (
    <section class="settings-part" aria-labelledby="problems-title">
      <h3 id="problems-title">{t.problems(formatExact(problems.length))}</h3>
      <DataTable
        label={t.what}
        rows={problems.map((problem, place) => ({ ...problem, place }))}
        keyOf={({ place }) => String(place)}
        columns={[
          { id: "path", label: t.where, heads: true, class: "mono", cell: ({ path }) => path },
          { id: "message", label: t.what, class: "settings-wrap", cell: ({ message }) => message },
        ]}
      />
    </section>
  );
}

/** What a catalogue changes, and what of the last weeks it would refuse. */
export function Difference(props: {
  difference: NonNullable<CataloguePreview["difference"]>;
  refused: CataloguePreview["refused"];
  children: ComponentChildren;
}) {
  const { eventsAdded, eventsRemoved, textsAdded, textsRemoved } = props.difference;
  const changes = [
    ...props.difference.properties.map((change) => ({
      ...change,
      of: change.event ?? t.everyEvent,
    })),
    ...props.difference.attributes.map((change) => ({ ...change, of: t.everySignal })),
  ];
  const nothing = [eventsAdded, eventsRemoved, textsAdded, textsRemoved, changes].every(
    ({ length }) => length === 0,
  );
  return (
    <section class="settings-part" aria-labelledby="difference-title">
      <h3 id="difference-title">{t.difference}</h3>
      {nothing && <p class="settings-lead">{t.same}</p>}
      <Names title={t.added} names={eventsAdded} sign="+" />
      <Names title={t.removed} names={eventsRemoved} sign="−" />
      <Names title={t.textsAdded} names={textsAdded} sign="+" />
      <Names title={t.textsRemoved} names={textsRemoved} sign="−" />
      {changes.length > 0 && (
        <div class="settings-part">
          <h3>{t.properties}</h3>
          <DataTable
            label={t.properties}
            rows={changes}
            keyOf={({ of, property }) => `${of} ${property}`}
            columns={[
              {
                ...{ id: "property", label: t.property, heads: true, class: "mono" },
                cell: ({ property }) => property,
              },
              { id: "event", label: t.of, cell: ({ of }) => of },
              {
                ...{ id: "before", label: t.before, class: "settings-wrap" },
                cell: ({ before }) => before ?? t.absent,
              },
              {
                ...{ id: "after", label: t.after, class: "settings-wrap" },
                cell: ({ after }) => after ?? t.absent,
              },
            ]}
          />
        </div>
      )}
      <div class="settings-part">
        <h3>{t.refused}</h3>
        <p class="settings-lead">{props.refused.length === 0 ? t.nothingRefused : t.refusedLead}</p>
        {props.refused.length > 0 && (
          <DataTable
            label={t.refused}
            rows={props.refused}
            keyOf={({ event }) => event}
            columns={[
              { id: "event", label: t.of, heads: true, class: "mono", cell: ({ event }) => event },
              {
                id: "count",
                label: t.count,
                numeric: true,
                cell: ({ count }) => formatExact(count),
              },
            ]}
          />
        )}
        <div class="row">{props.children}</div>
      </div>
    </section>
  );
}

function Names({ title, names, sign }: { title: string; names: string[]; sign: string }) {
  if (names.length === 0) return null;
  return (
    <div class="settings-part">
      <h3>
        {title} ({formatExact(names.length)})
      </h3>
      <ul class="settings-list mono">
        {names.map((name) => (
          <li key={name}>
            {sign} {name}
          </li>
        ))}
      </ul>
    </div>
  );
}
