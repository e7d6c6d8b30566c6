import { BASE_SCHEMA, type CatalogueEvent, type Property } from "@rollcall/schemas";
import type { CatalogueState } from "../../api.ts";
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

/** The fields of one detailed record, explained by the catalogue. */
export function DetailedFields({
  label,
  content,
  event,
  common,
}: FieldsProps & { event: CatalogueEvent | undefined; common: CatalogueState["common"] }) {
  const properties = { ...common, ...event?.properties };
  return (
    <Table
      label={label}
      head={head}
      kind="fields"
      rows={Object.entries(content).map(([name, given]) => {
        const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
        return row(name, given, property, text.records.keptDetailed, event?.reason);
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
