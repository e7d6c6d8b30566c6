import type { Rollcall, RollcallState, WouldSend } from "../api.ts";
import type { SentEntry, UnsentEntry } from "../journal/types.ts";
import type { AdminOptions } from "./types.ts";

export const TABS = ["next", "sent", "never"] as const;

/** Entries of the log on one page: a record with its exact content is about 150 bytes of gzip. */
export const PAGE_SIZE = 25;

/** What the chosen tab shows. */
export type Records =
  | { tab: "next"; would: WouldSend }
  | { tab: "sent"; page: number; entries: SentEntry[]; more: boolean; cut: boolean }
  | { tab: "never"; page: number; entries: UnsentEntry[]; more: boolean; cut: boolean };

/** Everything that the page shows. */
export interface PageModel {
  state: RollcallState;
  records: Records;
  /** Where the page is mounted, without a slash at the end. */
  path: string;
  links: NonNullable<AdminOptions["links"]>;
  csrf: string;
  /** A key of `text.done`, or "". */
  done: string;
  now: number;
}

/** Reads what the chosen tab shows; nothing is read for the others. */
export async function readRecords(rollcall: Rollcall, query: URLSearchParams): Promise<Records> {
  const tab = TABS.find((known) => known === query.get("tab")) ?? "next";
  if (tab === "next") return { tab, would: await rollcall.wouldSend() };
  const page = Math.min(Math.max(1, Number.parseInt(query.get("page") ?? "1", 10) || 1), 1_000);
  // One more than is shown tells whether there is an older page.
  const limit = page * PAGE_SIZE + 1;
  let cut = false;
  const options = {
    limit,
    onCut() {
      cut = true;
    },
  };
  const pageOf = <Entry>(entries: Entry[]) => ({
    page,
    entries: entries.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
    more: entries.length > page * PAGE_SIZE,
    cut,
  });
  return tab === "sent"
    ? { tab, ...pageOf(await rollcall.sent(options)) }
    : { tab, ...pageOf(await rollcall.unsent(options)) };
}
