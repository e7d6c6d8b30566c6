import type { KeptAttributes } from "@rollcall/schemas";
import { appendOffset, appendString } from "../column.ts";
import { columnOf, type NativeBlock } from "../native.ts";

/**
 * Appends to a column that is a map of texts.
 *
 * @param part where its streams begin: 1 in an array of maps, whose own offsets come first
 */
export function createMapColumn(block: NativeBlock, name: string, part = 0) {
  const offsets = columnOf(block, name, part);
  const keys = columnOf(block, name, part + 1);
  const values = columnOf(block, name, part + 2);

  return (kept: KeptAttributes): void => {
    for (let at = 0; at < kept.length; at++) {
      appendString(keys, kept.keys[at]!);
      appendString(values, kept.values[at]!);
    }
    appendOffset(offsets, kept.length);
  };
}
