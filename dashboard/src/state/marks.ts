import type { Mark } from "../chart/model.ts";

const NONE: readonly Mark[] = [];

export function useMarks(): readonly Mark[] {
  return NONE;
}
