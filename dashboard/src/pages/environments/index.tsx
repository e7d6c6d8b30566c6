import type { BreakdownField } from "../../api/shell.ts";
import { environmentsText } from "../../text/environments.ts";
import { text } from "../../text/shell.ts";
import { BreakdownCard } from "../footprint/breakdown-card.tsx";

/** Two in a row: those with a few values beside one another, and those with many. */
const FIELDS: readonly BreakdownField[] = [
  "platform",
  "architecture",
  "deployment_type",
  "release_channel",
  "os_version",
  "app_version",
  "locale",
  "timezone",
];

export default function Environments() {
  return (
    <>
      <p class="lead">{environmentsText.lead}</p>
      <div class="grid">
        {FIELDS.map((field) => (
          <BreakdownCard
            key={field}
            id={field.replace("_", "-")}
            class="half"
            title={text.value.field[field]}
            fields={[field]}
          />
        ))}
      </div>
    </>
  );
}
