import type { Collector } from "../support/collector.ts";
import { type Attributes, logRecord, logsRequest, postJson } from "../support/otlp.ts";
import type { TruthRecord } from "./records.ts";

/** Tokens of one app. */
export interface AppTokens {
  ingest: string;
  backfill: string;
}

/** Requests of each token: records of one install come in several, in any order. */
export const REQUESTS = 6;

/** Sends records by OTLP as an app would, and checks that each is accepted whole. */
export async function sendRecords(
  { url }: Pick<Collector, "url">,
  tokens: AppTokens,
  records: readonly TruthRecord[],
): Promise<void> {
  for (let part = 0; part < REQUESTS; part += 1) {
    const own = records.filter((_, at) => at % REQUESTS === part);
    for (const backfill of [true, false]) {
      const sent = own.filter((record) => record.backfill === backfill);
      if (sent.length > 0) await post(url, backfill ? tokens.backfill : tokens.ingest, sent);
    }
  }
}

async function post(url: string, token: string, records: readonly TruthRecord[]): Promise<void> {
  const versions = Map.groupBy(records, ({ version }) => version);
  const requests = [...versions].map(
    ([version, same]) => logsRequest(same.map(outgoing), version) as { resourceLogs: object[] },
  );
  const reply = await postJson(url, token, {
    resourceLogs: requests.flatMap(({ resourceLogs }) => resourceLogs),
  });
  const text = await reply.text();
  if (!reply.ok || !isTaken(text)) throw new Error(`${reply.status} ${text}`);
}

/** Whether as many records were refused as should have been; Data health says what of others was dropped. */
export function isTaken(reply: string, refused = 0): boolean {
  const { partialSuccess = {} } = JSON.parse(reply) as {
    partialSuccess?: { rejectedLogRecords?: string };
  };
  return (partialSuccess.rejectedLogRecords ?? "0") === String(refused);
}

function outgoing(record: TruthRecord): object {
  const { install, layer, event, time, version, fields, uid, user } = record;
  const said = Object.entries({ app_version: version, ...fields }).filter(
    ([, word]) => word !== "",
  );
  const attributes =
    layer === "base" ? (Object.fromEntries(said) as Attributes) : detailsOf(record);
  const who = user === "" ? {} : { identity: user };
  const nobody = layer === "detailed" && user === "" ? { identity: install } : {};
  return logRecord({ event, installId: install, time, uid, attributes, ...who, ...nobody });
}

/** Properties as a client sends them: the address of a page in place of its template. */
function detailsOf({ properties, dropped }: TruthRecord): Attributes {
  const { pathname } = properties;
  return {
    ...properties,
    ...(typeof pathname === "string" && { pathname: pathname.replaceAll(":id", "4711") }),
    ...Object.fromEntries(dropped.map(({ key, value }) => [key, value])),
  };
}
