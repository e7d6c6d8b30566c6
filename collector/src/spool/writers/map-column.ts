import type { KeptAttributes } from "@rollcall/schemas";
import { appendOffset, appendString } from "../column.ts";
import { columnOf, type NativeBlock } from "../native.ts";

/** Appends to a column that is a map of texts. */
export function createMapColumn(block: NativeBlock, name: string) {
  const offsets = columnOf(block, name, 0);
  const keys = columnOf(block, name, 1);
  const values = columnOf(block, name, 2);

  return (kept: KeptAttributes): void => {
    for (let at = 0; at < kept.length; at++) {
      appendString(keys, kept.keys[at]!);
      appendString(values, kept.values[at]!);
    }
    appendOffset(offsets, kept.length);
  };
}
