import type { InstallVersions } from "../../api/footprint.ts";
import type { Query } from "../../api/query.ts";
import { Card } from "../../card/card.tsx";
import { exportTable } from "../../card/export.ts";
import { RankedTable } from "../../card/ranked-table.tsx";
import { Swatch } from "../../chart/swatch.tsx";
import { formatCount } from "../../format/numbers.ts";
import { valueName } from "../../format/values.ts";
import { useNavigation } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { toggleFilter } from "../../state/view.ts";
import { footprintText } from "../../text/footprint.ts";
import { text } from "../../text/shell.ts";
import { versionColours } from "./version-model.ts";

export function VersionTable({ versions }: { versions: Query<InstallVersions> }) {
  const scope = useScope();
  const { view, change } = useNavigation();
  return (
    <Card
      id="version-table"
      class="narrow"
      title={footprintText.versionsTable}
      query={versions}
      foot={(data) => footprintText.versionsTableFoot(formatCount(totalOf(data)))}
      exportOf={(data) =>
        exportTable(scope, {
          name: "versions",
          title: footprintText.versionsTable,
          definition: footprintText.versionsTableFoot(String(totalOf(data))),
          asOf: data.asOf,
          columns: ["version", "installs", "share"],
          rows: data.rows.map((row) => [row.version, row.installs, row.share]),
        })
      }
    >
      {(data) => {
        const colours = versionColours(data);
        return (
          <RankedTable
            id="versions"
            label={footprintText.versionsTable}
            heading={text.value.field.app_version}
            total={totalOf(data)}
            picked={view.filters.version}
            onPick={(version) =>
              change({ filters: toggleFilter(view.filters, "version", version) })
            }
            rows={data.rows.map((row) => ({
              value: row.version,
              label: valueName(row.version),
              installs: row.installs,
              lead: <Swatch colour={colours.get(row.version) ?? "other"} kind="area" index={0} />,
            }))}
          />
        );
      }}
    </Card>
  );
}

function totalOf(data: InstallVersions): number {
  return data.rows.reduce((sum, row) => sum + row.installs, 0);
}
