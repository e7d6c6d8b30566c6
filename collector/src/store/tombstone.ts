import { createHash } from "node:crypto";
import type { InstallTable } from "./install-tables.ts";

/** What an erased install leaves behind, in hexadecimal. `installId` in lower case. */
export function tombstoneOf(app: string, installId: string): string {
  return createHash("sha256").update(`${app}\0${installId}`).digest("hex");
}

/** The same in SQL, of a row's columns. */
export function tombstoneSql(app: string, installId: string): string {
  return `SHA256(concat(${app}, '\\0', toString(${installId})))`;
}

/** Whether any install was erased at all: answered from the parts' row counts. */
export const ANY_ERASED = "SELECT count() > 0 AS any FROM erasures";

/** A table's columns of app and install id. */
type Owner = Pick<InstallTable, "app" | "installId">;

const isErased = ({ app, installId }: Owner): string =>
  `${tombstoneSql(app, installId)} IN (SELECT install_hash FROM erasures)`;

/** Rows of a stage that speak of erased installs; one hash for each install in it. */
export function countErased(stage: string, owner: Owner): string {
  const { app, installId } = owner;
  return `SELECT sum(rows) AS rows FROM (
  SELECT ${app}, ${installId}, count() AS rows FROM ${stage} GROUP BY ${app}, ${installId}
) WHERE ${isErased(owner)}`;
}

export function deleteErased(stage: string, owner: Owner): string {
  return `ALTER TABLE ${stage} DELETE WHERE ${isErased(owner)}`;
}

/** A table by where its rows say which install they are about. */
export type Owned = Pick<InstallTable, "name" | "app" | "installId">;

/** Condition for the rows of the install `{app:String}`, `{hash:String}`. */
function isOfTombstone({ app, installId }: Owned): string {
  return `${app} = {app:String} AND ${tombstoneSql(app, installId)} = unhex({hash:String})`;
}

/**
 * Deletes an install's rows. By the hash, because the store keeps the text of a deletion and shows it
 * in `system.mutations`: an id in it would outlive the rows.
 */
export function deleteInstall(table: Owned): string {
  return `ALTER TABLE ${table.name} DELETE WHERE ${isOfTombstone(table)}`;
}

/** Sets of installs by their numbers. */
export const SET_TABLES = ["active_days", "version_days", "event_days"] as const;

/** The numbers of the install `{app:String}`, `{hash:String}`: one, or none any more. */
export const NUMBER_OF_TOMBSTONE = `SELECT number FROM install_numbers
WHERE app = {app:String} AND ${tombstoneSql("app", "install_id")} = unhex({hash:String})`;

/** Takes the number `{number:UInt32}` of `{app:String}` out of every set of a table. */
export function takeOutOfSets(table: (typeof SET_TABLES)[number]): string {
  return `ALTER TABLE ${table}
UPDATE installs = bitmapAndnot(installs, bitmapBuild([{number:UInt32}]))
WHERE app = {app:String} AND bitmapContains(installs, {number:UInt32})`;
}

/** An erased install's number is not given again: it stays with an id that nobody has. */
export const KEEP_NUMBER = `INSERT INTO install_numbers (app, install_id, number)
SELECT app, generateUUIDv4(), number FROM install_numbers
WHERE app = {app:String} AND ${tombstoneSql("app", "install_id")} = unhex({hash:String})`;

export function countTombstoned(table: Owned): string {
  return `SELECT count() AS rows FROM ${table.name} WHERE ${isOfTombstone(table)}`;
}
