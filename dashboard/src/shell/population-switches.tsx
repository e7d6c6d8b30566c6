import { useNavigation } from "../state/navigation.ts";
import { text } from "../text/shell.ts";
import { Switch } from "./switch.tsx";

/** Who counts at all: pending installs, and those that were alive for hours only. */
export function PopulationSwitches() {
  const { view, change } = useNavigation();
  return (
    <>
      <Switch
        label={text.filter.pending}
        hint={text.filter.pendingHint}
        on={view.admitted === "all"}
        onChange={(on) => change({ admitted: on ? "all" : "admitted" })}
      />
      <Switch
        label={text.filter.lifetime}
        hint={text.filter.lifetimeHint}
        on={view.lifetime === "day_or_more"}
        onChange={(on) => change({ lifetime: on ? "day_or_more" : "all" })}
      />
    </>
  );
}
