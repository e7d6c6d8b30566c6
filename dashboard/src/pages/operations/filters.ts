import type { Params } from "../../api/api.ts";
import type { Bucket } from "../../format/dates.ts";
import { useChoice, useNavigation } from "../../state/navigation.ts";
import { countDays } from "../../state/ranges.ts";
import { useScope } from "../../state/scope.ts";
import { operationsText } from "../../text/operations.ts";

const words = operationsText.filter;
const WHOSE = ["all", "install", "nobody"] as const;
export type Whose = (typeof WHOSE)[number];

/** In ranges up to so many days hours can be told apart; up to so many they are. */
const MOST_DAYS_OF_HOURS = 14;
const DAYS_OF_HOURS = 7;

/** What the page is narrowed to; every choice stands in the address bar. */
export interface SignalFilters {
  service: string;
  /** "unknown": of senders that say none. */
  version: string;
  route: string;
  whose: Whose;
}

export const UNKNOWN_VERSION = "unknown";

export function useSignalFilters(): SignalFilters {
  const { choices } = useNavigation().view;
  return {
    service: choices.service ?? "",
    // `version` in the address is that of the installs' filter.
    version: choices.release ?? "",
    route: choices.route ?? "",
    whose: WHOSE.find((each) => each === choices.whose) ?? "all",
  };
}

/** The parameters of a question about signals; only requests have a route. */
export function useSignalParams(): Params {
  const { view, days } = useScope();
  const { service, version, whose } = useSignalFilters();
  return {
    ...{ app: view.app, from: days.from, to: days.to },
    ...(service && { service }),
    ...(version && { version }),
    ...(whose !== "all" && { whose }),
  };
}

/** What a definition adds when the page is narrowed: " Only service web, version 5.9.0." */
export function narrowing({ service, version, route, whose }: SignalFilters): string {
  const parts = [
    service && `${words.service.toLowerCase()} ${service}`,
    version && `${words.version.toLowerCase()} ${nameOfVersion(version)}`,
    route && `${words.route.toLowerCase()} ${route}`,
    whose !== "all" ? words.whose[whose].toLowerCase() : "",
  ];
  return words.of(parts.filter((part) => part !== ""));
}

export const nameOfVersion = (version: string): string =>
  version === UNKNOWN_VERSION ? words.unknown : version;

/** The length of a bucket, and those that the range leaves to choose from. */
export function useBucket(): { bucket: Bucket; buckets: Bucket[]; choose: (to: string) => void } {
  const { days, interval, intervals } = useScope();
  const [asked, choose] = useChoice("bucket", "");
  const length = countDays(days);
  const buckets: Bucket[] = [
    ...(length <= MOST_DAYS_OF_HOURS ? (["hour"] as const) : []),
    ...intervals,
  ];
  const usual = length <= DAYS_OF_HOURS ? "hour" : interval;
  return { bucket: buckets.find((each) => each === asked) ?? usual, buckets, choose };
}
