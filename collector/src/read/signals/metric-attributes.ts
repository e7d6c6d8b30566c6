import type { Params } from "../../store/client.ts";
import type { Ask } from "../question.ts";
import { HAS_VALUE, METRIC_TABLES, type MetricKind } from "./metric-tables.ts";
import { POINTS_BETWEEN } from "./shared.ts";

const MOST_KEYS = 20;
const MOST_VALUES = 30;
const MOST_GROUPED = 1_000;

/** One value of an attribute; "" where there is none. */
export interface Value {
  value: string;
  points: number;
}

/** SQL for a point's attribute, else its resource's. @param key SQL for its name */
export const VALUE_OF = (key: string) =>
  `if(Attributes[${key}] != '', Attributes[${key}], ResourceAttributes[${key}])`;

/** What points can be broken down by: their own attributes, and who sends them. */
export async function attributesOf(
  ask: Ask,
  kind: MetricKind,
  where: string,
  params: Params,
): Promise<{ key: string; values: string[] }[]> {
  const rows = await ask<{ key: string; value: string }>(
    `SELECT key, value FROM (
       SELECT
         arrayConcat(mapKeys(Attributes), ['service.name', 'service.version']) AS keys,
         arrayConcat(mapValues(Attributes), [toString(ServiceName), ResourceAttributes['service.version']]) AS values
       FROM ${METRIC_TABLES[kind]} WHERE ${where} AND ${POINTS_BETWEEN}
     )
     ARRAY JOIN keys AS key, values AS value
     WHERE value != ''
     GROUP BY key, value
     ORDER BY count() DESC, key, value
     LIMIT ${MOST_VALUES} BY key`,
    params,
  );
  const found = Map.groupBy(rows, ({ key }) => key);
  return [...found]
    .slice(0, MOST_KEYS)
    .map(([key, of]) => ({ key, values: of.map(({ value }) => value) }));
}

/** What points are grouped under, most points first. @param group SQL for it */
export const keptValues = (
  ask: Ask,
  kind: MetricKind,
  { where, group }: { where: string; group: string },
  params: Params,
): Promise<Value[]> =>
  ask<Value>(
    `SELECT ${group} AS value, count() AS points
     FROM ${METRIC_TABLES[kind]} WHERE ${where} AND ${POINTS_BETWEEN} AND ${HAS_VALUE}
     GROUP BY value
     ORDER BY points DESC, value
     LIMIT ${MOST_GROUPED}`,
    params,
  );
