const LANGUAGES = new Intl.DisplayNames("en", { type: "language", fallback: "none" });
const REGIONS = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
const SCRIPTS = new Intl.DisplayNames("en", { type: "script", fallback: "none" });

const LOCALE =
  /^([a-z]{2,3})(?:[_-]([A-Z][a-z]{3}))?(?:[_-]([A-Z]{2}|[0-9]{3}))?(?:\.[\w-]{1,12})?(?:@[a-z]{1,12})?$/;
const C_LOCALE = /^(?:C|POSIX)(?:\.UTF(?:-?8)?)?$/i;

/** Only locales of known parts get in, of which there are some hundred thousands, and few in use. */
const MAX_LOCALES = 2000;
const locales = new Map<string, string>([["C", "C"]]);

/**
 * A locale in one spelling, or "" where its language, script or region is not known: `en-US` and
 * `en_US.UTF-8` give `en_US`; `C.UTF`, `C.UTF-8` and `POSIX` give `C`. Charset and modifier are cut off.
 */
export function canonicalLocale(text: string): string {
  const known = locales.get(text);
  if (known !== undefined) return known;
  if (text.length > 32) return "";
  const locale = C_LOCALE.test(text) ? "C" : readLocale(text);
  if (locale !== "" && locales.size < MAX_LOCALES) locales.set(text, locale);
  return locale;
}

function readLocale(text: string): string {
  const [, language, script, region] = LOCALE.exec(text) ?? [];
  if (language === undefined || LANGUAGES.of(language) === undefined) return "";
  if (script !== undefined && SCRIPTS.of(script) === undefined) return "";
  if (region !== undefined && REGIONS.of(region) === undefined) return "";
  return [language, script, region].filter((part) => part !== undefined).join("_");
}

/** Zones by their own spelling, and by the lower case of every spelling that proved to be one. */
const zones = new Map<string, string>(
  ["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => [zone, zone]),
);
const foldedZones = new Map<string, string>();
const ZONE = /^[a-z][a-z0-9_+-]{1,20}(?:\/[a-z0-9_+-]{1,20}){0,2}$/;
const OFFSET = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?$/i;

/**
 * An IANA zone in its own spelling, or an offset as `+02:00`; "" for anything else.
 *
 * @example
 * canonicalZone("europe/berlin"); // "Europe/Berlin"
 * canonicalZone("UTC+2"); // "+02:00"
 */
export function canonicalZone(text: string): string {
  const known = zones.get(text);
  if (known !== undefined) return known;
  if (text.length > 40) return "";
  const offset = OFFSET.exec(text);
  if (offset !== null) return readOffset(offset);
  const folded = text.toLowerCase();
  const found = foldedZones.get(folded);
  if (found !== undefined) return found;
  const zone = ZONE.test(folded) ? askIntl(folded) : "";
  // Keys are lower-case names of real zones, so the map cannot outgrow the zone database.
  if (zone !== "") foldedZones.set(folded, zone);
  return zone;
}

function readOffset([, sign, hours, minutes]: RegExpExecArray): string {
  if (Number(hours) > 14) return "";
  const offset = `${hours?.padStart(2, "0")}:${minutes ?? "00"}`;
  return offset === "00:00" ? "UTC" : `${sign}${offset}`;
}

function askIntl(zone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return "";
  }
}
