import type { RollcallState } from "../api.ts";
import type { BaseReport } from "../delivery/encode.ts";
import type { WizardOptions, WizardValues } from "./types.ts";

/** Everything that the wizard shows. */
export interface WizardModel {
  options: WizardOptions;
  path: string;
  state: RollcallState;
  /** The base fields with this install's values; null where there is nothing to show. */
  report: BaseReport | null;
  values: WizardValues;
  /** What is wrong, by field name. */
  errors: Readonly<Record<string, string>>;
  /** What is wrong with none of the fields; "" while all is well. */
  problem: string;
  /** Whether the box for detailed telemetry is ticked: only after somebody ticked it. */
  detailed: boolean;
  csrf: string;
}

/** The step that the page opens with: the first with an error, else the last where one was sent off. */
export function startOf({ options, errors, problem }: WizardModel): number {
  const wrong = options.steps.findIndex(({ fields }) =>
    fields.some(({ name }) => Object.hasOwn(errors, name)),
  );
  if (wrong >= 0) return wrong;
  return problem === "" ? 0 : options.steps.length;
}
