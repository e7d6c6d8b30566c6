import { makeBadge } from "badge-maker";
import type { PublishedDocument } from "./document.ts";

/** Colours of the dashboard that carry white text. */
const COLOUR = "#2857BA";
const NOTHING = "#626B79";

const counts = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** "active installs · 1.2K", of 28 days. */
export function activeBadge(document: PublishedDocument | undefined): string {
  const message = document === undefined ? "no data yet" : counts.format(document.totals.month);
  return badge("active installs", document === undefined ? null : message);
}

/**
 * The version that most installs run, and its share of them: "2.3.1 · 67%".
 *
 * @param document without tables, or undefined: the badge says that there is no data yet
 */
export function versionsBadge(document: PublishedDocument | undefined): string {
  const [most] = document?.fields?.app_version.rows ?? [];
  if (document === undefined || most === undefined) return badge("version", null);
  const [version, installs] = most;
  const share = Math.min(1, installs / Math.max(1, document.totals.month));
  return badge("version", `${version} · ${Math.round(share * 100)}%`);
}

function badge(label: string, message: string | null): string {
  return makeBadge({
    label,
    message: message ?? "no data yet",
    color: message === null ? NOTHING : COLOUR,
  });
}
