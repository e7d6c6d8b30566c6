import { summaryOf } from "../at-now.ts";
import { digits, type ShownView } from "./cards.ts";
import type { Cell } from "./cells.ts";

export const summaryIn = ({ all, asked, fleet, now }: ShownView) =>
  summaryOf(all, asked, fleet.releases, now);

/** The line under the heading: what every number on the page is a number of. */
export function denominatorOf(view: ShownView): Cell[] {
  const { active, pending, sharingDetailed, underADay } = summaryIn(view);
  const isTime = (text: string) => /^\d\d:\d\d$/.test(text);
  return [
    ...[active.month, pending],
    ...(active.month > 0 ? [{ part: sharingDetailed, whole: active.month }] : []),
    ...[isTime, ...(underADay > 0 ? [underADay] : [])],
  ];
}

/** Each tile: its figure, then the numbers of what stands under it. */
export function tilesOf(view: ShownView): Record<string, Cell[]> {
  const { active, previous, churned, latest, sharingDetailed, withoutError, ...more } =
    summaryIn(view);
  const delta = (now: number, before: number): Cell[] => {
    const change = now - before;
    const percent = before >= 30 && change !== 0;
    const sign = change > 0 ? "+" : "−";
    const share = (text: string) =>
      text.startsWith(sign) &&
      Math.abs(Number.parseFloat(text.slice(1)) - (Math.abs(change) / before) * 100) <= 0.5;
    return [...(change === 0 ? [] : [{ signed: change }]), ...(percent ? [share] : []), 28];
  };
  const oldest = latest.releases.at(-1);
  return {
    active: [active.month, 28, ...delta(active.month, previous.month)],
    new: [more.new, 28, ...delta(more.new, previous.new)],
    churned: [churned, 28, 56, ...delta(churned, previous.churned)],
    latest:
      oldest === undefined
        ? [null]
        : [{ part: latest.installs, whole: active.month }, ...digits(oldest)],
    errors:
      sharingDetailed === 0
        ? [null]
        : [
            { part: withoutError, whole: sharingDetailed },
            ...[sharingDetailed, { part: sharingDetailed, whole: active.month }],
          ],
  };
}
