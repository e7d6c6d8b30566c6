import { AssertionError } from "node:assert";
import type { Catalogue } from "@rollcall/schemas";
import { baseJudge, catalogueJudge, type Judge, type Leak } from "./judge.ts";
import type { SeenRecord } from "./records.ts";
import type { EgressWatch } from "./watch.ts";

/** Says of a connection whether it is the app's own business, such as its database. */
export type Except = (host: string, port: number) => boolean;

/**
 * Nothing was connected to, requested or looked up since the watch began.
 *
 * @param options.except what is the app's own business; a look-up asks with port 0
 * @throws AssertionError that lists hosts and ports
 * @example
 * assertNothingLeft(watch, { except: (host, port) => host === "db.internal" && port === 5432 });
 */
export function assertNothingLeft(
  watch: Pick<EgressWatch, "connections" | "lookups" | "requests">,
  options: { except?: Except } = {},
): void {
  const found = outgoing(watch, options.except);
  if (found.length > 0) fail("something left the process", found);
}

/**
 * Only base reports, with only the fields of the base schema.
 *
 * @throws AssertionError that lists events and fields, never values
 */
export function assertOnlyBase(records: readonly SeenRecord[]): void {
  assertNoLeaks(records, baseJudge());
}

/**
 * Only base reports and events of the catalogue, with only listed properties of the listed types,
 * each already in the form that is kept.
 *
 * @throws AssertionError that lists events and fields, never values
 */
export function assertOnlyCatalogue(records: readonly SeenRecord[], catalogue: Catalogue): void {
  assertNoLeaks(records, catalogueJudge(catalogue));
}

function assertNoLeaks(records: readonly SeenRecord[], judge: Judge): void {
  const found = inWords(records.flatMap(judge));
  if (found.length > 0) fail("more left the process than may", found);
}

/** Connections, requests and look-ups in words, without those that are excepted. */
export function outgoing(
  watch: Pick<EgressWatch, "connections" | "lookups" | "requests">,
  except: Except = () => false,
): string[] {
  const to = (what: string) => (at: { host: string; port: number }) =>
    except(at.host, at.port)
      ? []
      : [`${what} ${at.port === 0 ? at.host : `${at.host}:${at.port}`}`];
  return once([
    ...watch.connections().flatMap(to("a connection to")),
    ...watch.requests().flatMap(to("a request to")),
    ...watch.lookups().flatMap((host) => to("a look-up of")({ host, port: 0 })),
  ]);
}

/** One line for each leak; the same leak in many records is one line. */
export function inWords(leaks: readonly Leak[]): string[] {
  return once(
    leaks.map(({ event, field, why }) =>
      [event, field, why].filter((word) => word !== "").join(": "),
    ),
  );
}

function once(lines: string[]): string[] {
  return [...new Set(lines)];
}

/** @throws AssertionError, so that every test runner shows it as a failed assertion */
export function fail(what: string, lines: readonly string[]): never {
  throw new AssertionError({
    message: `${what}:\n${lines.map((line) => `  - ${line}`).join("\n")}`,
    operator: "rollcall",
    stackStartFn: fail,
  });
}
