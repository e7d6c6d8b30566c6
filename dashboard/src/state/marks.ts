import { useMemo } from "preact/hooks";
import { useQuestion } from "../api/query.ts";
import type { Annotations, Releases } from "../api/shell.ts";
import type { Mark } from "../chart/model.ts";
import type { Days } from "./ranges.ts";

/** What charts over time mark in these days: the app's releases and the maintainer's notes. */
export function useMarks(app: string, days: Days): readonly Mark[] {
  const releases = useQuestion<Releases>("releases", app ? { app } : null).data;
  const notes = useQuestion<Annotations>("annotations", app ? { app, ...days } : null).data;
  return useMemo(
    () => [
      ...(releases?.rows ?? [])
        .filter(({ day, known }) => known && day >= days.from && day <= days.to)
        .map(({ day, version }): Mark => ({ day, kind: "release", label: version })),
      ...(notes?.rows ?? []).map(({ day, text }): Mark => ({ day, kind: "note", label: text })),
    ],
    [releases, notes, days.from, days.to],
  );
}
