import { text } from "./text.ts";
import type { WizardOptions } from "./types.ts";

const ID = /^[a-z0-9][a-z0-9-]{0,40}$/i;
const NAME = /^[a-z][a-z0-9_.-]{0,60}$/i;
const OWN_NAMES = ["csrf", "finish", "telemetry_detailed"];

/**
 * @throws TypeError that names the step or field: a mistake in an app's wizard shows at its start and
 * not on the day of somebody's setup
 */
export function checkOptions({ steps, links, onComplete }: WizardOptions): void {
  const fault = (what: string): never => {
    throw new TypeError(`setup wizard: ${what}`);
  };
  if (typeof onComplete !== "function") fault("`onComplete` is missing");
  if (!links?.privacyPolicy || !links.licence) fault("`links` needs privacyPolicy and licence");
  const seen = new Set<string>([`step ${text.privacy.id}`]);
  const once = (what: string) => {
    if (seen.has(what)) fault(`${what} is there twice`);
    seen.add(what);
  };
  for (const { id, fields } of steps) {
    if (!ID.test(id)) fault(`step ${id}: an id is letters, digits and dashes`);
    once(`step ${id}`);
    for (const { name, type, options } of fields) {
      if (!NAME.test(name)) fault(`field ${name}: a name is letters, digits and _ . -`);
      if (OWN_NAMES.includes(name)) fault(`field ${name}: that name is the wizard's own`);
      once(`field ${name}`);
      if (type === "select" && !options?.length) fault(`field ${name}: a select needs options`);
    }
  }
}
