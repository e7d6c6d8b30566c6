/** Stands between conditions and between steps in the address bar; no value that is stored holds it. */
const SEPARATOR = "~";

export const OPERATORS = [":", ">", ">=", "<", "<="] as const;
export type Operator = (typeof OPERATORS)[number];

/** @example splitList("auth_method:oidc~tries>1") // ["auth_method:oidc", "tries>1"] */
export const splitList = (written: string): string[] => written.split(SEPARATOR).filter(Boolean);
export const joinList = (items: readonly string[]): string => items.join(SEPARATOR);

/** A funnel's step as the question takes it: an event, then conditions. */
export interface Step {
  event: string;
  conditions: string[];
}

/** @example parseStep("auth.login;auth_method:oidc") // { event: "auth.login", conditions: ["auth_method:oidc"] } */
export function parseStep(written: string): Step {
  const [event = "", ...conditions] = written.split(";");
  return { event, conditions: conditions.filter(Boolean) };
}

export const printStep = ({ event, conditions }: Step): string => [event, ...conditions].join(";");
