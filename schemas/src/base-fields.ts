/** Fields of the base layer that hold text; "" where absent. Names as on the wire and in the store. */
export type BaseText =
  | "platform"
  | "os_version"
  | "architecture"
  | "locale"
  | "timezone"
  | "release_channel"
  | "deployment_type"
  | "install_key";
/** Fields of the base layer that hold a time in Unix milliseconds; 0 where absent. */
export type BaseTime = "first_seen_at" | "last_seen_at" | "heartbeat_at";
/** The closed base fields, without those that every record has (install id, version, fingerprint). */
export type BaseFields = Record<BaseText, string> & Record<BaseTime, number>;

const EMPTY: BaseFields = {
  platform: "",
  os_version: "",
  architecture: "",
  locale: "",
  timezone: "",
  release_channel: "",
  deployment_type: "",
  install_key: "",
  first_seen_at: 0,
  last_seen_at: 0,
  heartbeat_at: 0,
};

export function createBaseFields(): BaseFields {
  return { ...EMPTY };
}

/** Empties a reused set of base fields. */
export function clearBaseFields(base: BaseFields): void {
  Object.assign(base, EMPTY);
}

const TIMES: readonly string[] = ["first_seen_at", "last_seen_at", "heartbeat_at"];

export function isBaseTime(name: string): name is BaseTime {
  return TIMES.includes(name);
}

export function isBaseText(name: string): name is BaseText {
  return Object.hasOwn(EMPTY, name) && !isBaseTime(name);
}
