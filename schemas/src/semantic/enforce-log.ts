import { BODY_FIELD } from "../enforce.ts";
import { canonicalHex } from "../ids.ts";
import type { IncomingRecord, Refusal } from "../record.ts";
import type { DecisionTable } from "../table.ts";
import {
  createDrops,
  createKeptAttributes,
  type Drops,
  drop,
  enforceAttributes,
  type KeptAttributes,
  keptValue,
} from "./enforce-attributes.ts";
import { type EnforcedResource, hasMalformedId, INSTALL_ID, leaveOut } from "./enforce-resource.ts";
import { knownSeverity, severityNumber, severityText } from "./severity.ts";

/** A log record that names no event, before enforcement. */
export interface IncomingPlainLog extends IncomingRecord {
  /** As sent; 0 where absent. */
  severityNumber: number;
  /** "" where absent. */
  severityText: string;
  /** W3C trace flags in the lowest byte. */
  flags: number;
}

/** What may be kept of a plain log. One object serves all of a request. */
export interface EnforcedLog extends Drops {
  /** Lower-case UUID with dashes; "" for a sender that says none. */
  installId: string;
  /** "" where unknown. */
  appVersion: string;
  /** 1 to 24; 0 for none. */
  severityNumber: number;
  /** One of OpenTelemetry's short names, or "". */
  severityText: string;
  flags: number;
  /** A template of the catalogue, or "". */
  body: string;
  traceId: string;
  spanId: string;
  attributes: KeptAttributes;
}

/** What plain logs are counted under in the table of refusals. */
export const PLAIN_LOG_EVENT = "(log)";
const SEVERITY_FIELD = "(severity_text)";
const VERSION_KEY = "app_version";

export function createEnforcedLog(): EnforcedLog {
  return {
    ...createDrops(),
    ...{ installId: "", appVersion: "", severityNumber: 0, severityText: "", flags: 0 },
    ...{ body: "", traceId: "", spanId: "" },
    attributes: createKeptAttributes(),
  };
}

/**
 * Decides about a log record that names no event. Its body is kept only where the catalogue lists it, and
 * then as it is listed; attributes as those of spans are.
 *
 * @param resource what `enforceResource` made of its resource
 * @param out rewritten
 * @returns why it is refused: whose it is cannot be read; a log that says no install is not refused here
 */
export function enforceLog(
  table: DecisionTable,
  record: IncomingPlainLog,
  resource: EnforcedResource,
  out: EnforcedLog,
): Refusal | null {
  out.dropped = 0;
  const { attributes } = out;
  enforceAttributes(table.signal, "log", record.attributes, attributes, out);
  const ownId = keptValue(attributes, INSTALL_ID);
  if (ownId === "" && (resource.malformed || hasMalformedId(record.attributes))) {
    return { reason: "install_id_malformed", event: PLAIN_LOG_EVENT, field: INSTALL_ID };
  }
  leaveOut(attributes, INSTALL_ID);
  out.installId = ownId || resource.installId;
  out.appVersion = keptValue(attributes, VERSION_KEY) || resource.appVersion;
  out.severityNumber = severityNumber(record.severityNumber);
  out.severityText = severityText(record.severityText, out.severityNumber);
  if (record.severityText !== "" && knownSeverity(record.severityText) === "") {
    drop(out, SEVERITY_FIELD, "value_not_listed");
  }
  out.flags = record.flags & 0xff;
  out.traceId = canonicalHex(record.traceId, 32);
  out.spanId = canonicalHex(record.spanId, 16);
  const text = record.body ?? "";
  out.body = text === "" ? "" : table.logBody(text);
  if (record.hasOtherBody || (text !== "" && out.body === "")) {
    drop(out, BODY_FIELD, "field_unknown");
  }
  return null;
}
