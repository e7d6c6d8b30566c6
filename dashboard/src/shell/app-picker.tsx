import type { Apps } from "../api/shell.ts";
import { useNavigation } from "../state/navigation.ts";
import { noFilters } from "../state/view.ts";
import { text } from "../text/shell.ts";

/** Chooses the app; filters belong to the app they were chosen in and go with it. */
export function AppPicker({ apps }: { apps: Apps["rows"] }) {
  const { view, change } = useNavigation();
  const known = apps.some((row) => row.app === view.app);
  return (
    <select
      class="field app-picker"
      aria-label={text.app.label}
      value={known ? view.app : ""}
      onChange={(event) =>
        change({ app: event.currentTarget.value, filters: noFilters(), choices: {}, zoom: null })
      }
    >
      {!known && <option value="">{apps.length === 0 ? text.app.none : "…"}</option>}
      {apps.map((row) => (
        <option key={row.app} value={row.app}>
          {row.app}
        </option>
      ))}
    </select>
  );
}
