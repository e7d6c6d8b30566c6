import { breakdownOf } from "../at-now.ts";
import { named, type ShownCard, type ShownView, sum } from "./cards.ts";

export const FIELD_NAMES = {
  ...{ platform: "Platform", os_version: "OS version", architecture: "Architecture" },
  ...{ locale: "Locale", timezone: "Timezone", deployment_type: "Deployment" },
  ...{ release_channel: "Channel", app_version: "Version" },
} as const;
export type Field = keyof typeof FIELD_NAMES;

/** Installs by one of their fields. */
export function breakdownCard(view: ShownView, field: Field): ShownCard {
  const { from, to } = view.span;
  const found = breakdownOf(view.asked, field, from, to);
  const whole = sum(found.map(({ installs }) => installs));
  const rows = found.map(({ value, installs }) => ({
    ...{ [FIELD_NAMES[field]]: named(value), Installs: installs },
    Share: { part: installs, whole },
  }));
  return { rows, foot: [whole] };
}
