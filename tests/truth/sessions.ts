import type { Random } from "../demo/random.ts";
import { ERROR_TYPES, FUNNEL, KINDS, ROUTES } from "./catalogue.ts";

/** What a record says beside the fields of its install. */
export interface Said {
  event: string;
  /** Who did it, known only within its install; "" where nobody is named. */
  user: string;
  /** What is kept of its properties. */
  properties: Record<string, string | number | boolean>;
  /** What is not. */
  dropped: readonly Unkept[];
}

/** A property that the catalogue does not let pass, and why. */
export interface Unkept {
  key: string;
  value: string | number;
  reason: "field_name_pii" | "field_unknown" | "type_mismatch" | "value_not_listed";
}

const UNKEPT: Unkept[] = [
  { key: "user_email", value: "somebody@example.org", reason: "field_name_pii" },
  { key: "comment", value: "as free as text can be", reason: "field_unknown" },
  { key: "size", value: "large", reason: "type_mismatch" },
  { key: "kind", value: "ultraviolet", reason: "value_not_listed" },
];

const EVENTS = {
  ...{ "timer.started": 5, "timer.stopped": 4, "invoice.created": 3, $pageview: 4 },
  ...{ performance_metric: 1, "system.error": 2, error_occurred: 1 },
};

const HALF_HOUR = 30 * 60_000;

/**
 * What one user does within some hours: in the same millisecond, minutes apart, and exactly as long
 * apart as a session lasts, or a millisecond longer.
 *
 * @returns each with the milliseconds since the one before; the first 0
 */
export function sessionOf(dice: Random): (Said & { after: number })[] {
  const user = dice.pick(["", "1", "2", "3"]);
  const names = dice.chance(0.25)
    ? FUNNEL.slice(0, dice.integer(1, 3)).flatMap((step) =>
        dice.chance(0.3) ? [step, dice.weighted(EVENTS)] : [step],
      )
    : Array.from({ length: dice.integer(1, 6) }, () => dice.weighted(EVENTS));
  return names.map((event, at) => ({
    ...{ after: at === 0 ? 0 : gap(dice), event },
    user: dice.chance(0.9) ? user : "4",
    ...saidOf(dice, event),
  }));
}

function gap(dice: Random): number {
  const kind = dice.weighted({ none: 2, seconds: 5, minutes: 4, edge: 3, beyond: 1 });
  if (kind === "none") return 0;
  if (kind === "seconds") return dice.integer(1, 90_000);
  if (kind === "minutes") return dice.integer(60_000, HALF_HOUR - 1);
  return kind === "edge" ? HALF_HOUR : HALF_HOUR + 1;
}

function saidOf(dice: Random, event: string): Pick<Said, "properties" | "dropped"> {
  const properties: Said["properties"] = {};
  if (event === "$pageview") {
    if (dice.chance(0.9)) properties.pathname = dice.pick(ROUTES);
  } else if (event === "system.error" || event === "error_occurred") {
    if (dice.chance(0.8)) properties.error_type = dice.pick(ERROR_TYPES);
  } else {
    if (dice.chance(0.8)) properties.kind = dice.pick(KINDS);
    if (dice.chance(0.6)) properties.size = dice.integer(-3, 12);
    if (dice.chance(0.3)) properties.ratio = dice.integer(0, 20) / 4;
    if (dice.chance(0.5)) properties.paid = dice.chance(0.3);
  }
  const dropped = UNKEPT.filter(({ key }) => !(key in properties) && dice.chance(0.04));
  return { properties, dropped };
}
