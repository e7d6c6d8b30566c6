import type { PageModel } from "../model.ts";
import { text } from "../text.ts";
import { Card } from "./card.tsx";
import { Form } from "./form.tsx";
import { Table } from "./table.tsx";

/** What the catalogue has gained and nobody has accepted yet. */
export function GainedPart({ model }: { model: PageModel }) {
  const { catalogue } = model.state;
  if (catalogue === null || catalogue.gained.length === 0) return null;
  const { gained } = text;
  return (
    <Card
      id="gained"
      title={gained.title}
      intro={gained.intro(catalogue.version, catalogue.acceptedVersion)}
    >
      <Table
        label={gained.title}
        head={[gained.event, gained.what]}
        rows={catalogue.gained.map(({ event, property, what }) => [
          <code key="event">{property === "" ? event : `${event} · ${property}`}</code>,
          what,
        ])}
      />
      <Form model={model} to="accept" kind="toggle">
        <button type="submit" class="button">
          {gained.accept}
        </button>
        <span class="quiet">{gained.refuse}</span>
      </Form>
    </Card>
  );
}
