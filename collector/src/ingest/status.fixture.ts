import protobuf from "protobufjs";
import type { Answer } from "./server.fixture.ts";

/* google.rpc.Status and ExportLogsServiceResponse by field number, for protobufjs to read. */
const root = protobuf.Root.fromJSON({
  nested: {
    Any: { fields: { typeUrl: { type: "string", id: 1 }, value: { type: "bytes", id: 2 } } },
    Status: {
      fields: {
        code: { type: "int32", id: 1 },
        message: { type: "string", id: 2 },
        details: { type: "Any", id: 3, rule: "repeated" },
      },
    },
    Violation: {
      fields: { field: { type: "string", id: 1 }, description: { type: "string", id: 2 } },
    },
    BadRequest: { fields: { fieldViolations: { type: "Violation", id: 1, rule: "repeated" } } },
    Partial: {
      fields: { rejected: { type: "int64", id: 1 }, errorMessage: { type: "string", id: 2 } },
    },
    LogsResponse: { fields: { partialSuccess: { type: "Partial", id: 1 } } },
  },
});

interface ReadStatus {
  code: number;
  message: string;
  violations: { field: string; description: string }[];
}

const BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest";

/** The Status in a reply, by the reply's own type. */
export function readStatus({ headers, body }: Answer): ReadStatus {
  if (headers["content-type"] === "application/json") {
    const { code, message, details = [] } = JSON.parse(body.toString());
    const bad = details.find((detail: { "@type": string }) => detail["@type"] === BAD_REQUEST);
    return { code, message, violations: bad?.fieldViolations ?? [] };
  }
  if (headers["content-type"] !== "application/x-protobuf") {
    throw new Error(`no Status: ${headers["content-type"]}`);
  }
  // biome-ignore lint/suspicious/noExplicitAny: protobufjs messages of types made at run time
  const { code, message, details } = root.lookupType("Status").decode(body) as any;
  const bad = details.find((detail: { typeUrl: string }) => detail.typeUrl === BAD_REQUEST);
  const violations = bad
    ? // biome-ignore lint/suspicious/noExplicitAny: as above
      (root.lookupType("BadRequest").decode(bad.value) as any).fieldViolations
    : [];
  return { code, message, violations };
}

/**
 * The partial success in a reply; null where it is unset.
 *
 * @param rejected its signal's word for what was refused, which protobuf has not
 */
export function readPartialSuccess({ headers, body }: Answer, rejected = "rejectedLogRecords") {
  if (headers["content-type"] === "application/json") {
    return JSON.parse(body.toString()).partialSuccess ?? null;
  }
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const { partialSuccess } = root.lookupType("LogsResponse").decode(body) as any;
  if (!partialSuccess) return null;
  return {
    [rejected]: partialSuccess.rejected.toString(),
    errorMessage: partialSuccess.errorMessage,
  };
}
