import { BASE_SCHEMA, type Property } from "@rollcall/schemas";
import type { CatalogueState } from "../../api.ts";
import type { JournalItem } from "../../journal/types.ts";
import { text } from "../text.ts";
import { Table } from "./table.tsx";

interface FieldsProps {
  label: string;
  content: Readonly<Record<string, unknown>>;
}

const head = [text.records.field, text.records.value, text.records.why, text.records.kept];

/** The base layer's closed list with this install's values. */
export function BaseFields({ label, content }: FieldsProps) {
  const listed = new Set<string>(BASE_SCHEMA.map(({ name }) => name));
  const envelope = Object.keys(content).filter((name) => !listed.has(name));
  return (
    <Table
      label={label}
      head={head}
      kind="fields"
      rows={[
        ...BASE_SCHEMA.map(({ name, description, reason }) => [
          <code key="name">{name}</code>,
          value(content[name]),
          <Why key="why" what={description} reason={reason} />,
          text.records.keptBase,
        ]),
        ...envelope.map((name) => row(name, content[name], undefined, text.records.keptBase)),
      ]}
    />
  );
}

/** The fields of one record, explained: nothing for spans, metrics and the like, which have no list. */
export function RecordFields({
  item: { signal, name, content },
  catalogue,
}: {
  item: JournalItem;
  catalogue: CatalogueState | null;
}) {
  if (signal === "base") return <BaseFields label={name} content={content} />;
  if (signal !== "event") return null;
  const event = catalogue?.events.find((listed) => listed.name === name);
  const properties = { ...catalogue?.common, ...event?.properties };
  return (
    <Table
      label={name}
      head={head}
      kind="fields"
      rows={Object.entries(content).map(([field, given]) => {
        const property = Object.hasOwn(properties, field) ? properties[field] : undefined;
        return row(field, given, property, text.records.keptDetailed, event?.reason);
      })}
    />
  );
}

function row(
  name: string,
  given: unknown,
  property: Property | undefined,
  kept: string,
  reason?: string,
) {
  const { envelope, unlisted } = text.records;
  const what = property?.description ?? (Object.hasOwn(envelope, name) ? envelope[name] : unlisted);
  return [
    <code key="name">{name}</code>,
    value(given),
    <Why key="why" what={what ?? unlisted} reason={property ? (property.reason ?? reason) : ""} />,
    kept,
  ];
}

function Why({ what, reason = "" }: { what: string; reason?: string | undefined }) {
  return (
    <>
      {what} {reason === "" ? null : <span class="quiet">{reason}</span>}
    </>
  );
}

function value(given: unknown) {
  if (given === undefined) return <span class="quiet">{text.records.absent}</span>;
  return <code>{String(given)}</code>;
}
