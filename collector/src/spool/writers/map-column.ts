import type { EnforcedResource, KeptAttributes } from "@rollcall/schemas";
import { appendBytes, appendOffset, appendString } from "../column.ts";
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

/** Appends to the column of a resource's attributes: those of the row before are copied as bytes. */
export function createResourceColumn(block: NativeBlock) {
  const name = "ResourceAttributes";
  const append = createMapColumn(block, name);
  const offsets = columnOf(block, name, 0);
  const keys = columnOf(block, name, 1);
  const values = columnOf(block, name, 2);
  let turn = 0;
  let keyBytes = Buffer.alloc(0);
  let valueBytes = Buffer.alloc(0);

  return (resource: EnforcedResource): void => {
    if (resource.turn === turn) {
      appendBytes(keys, keyBytes);
      appendBytes(values, valueBytes);
      appendOffset(offsets, resource.attributes.length);
      return;
    }
    const [keysFrom, valuesFrom] = [keys.length, values.length];
    append(resource.attributes);
    keyBytes = Buffer.from(keys.bytes.subarray(keysFrom, keys.length));
    valueBytes = Buffer.from(values.bytes.subarray(valuesFrom, values.length));
    turn = resource.turn;
  };
}
