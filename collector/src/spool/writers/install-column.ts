import { appendUInt8, appendWords } from "../column.ts";
import { columnOf, type NativeBlock } from "../native.ts";
import { uuidWords } from "../uuid.ts";

/** Appends to a column of installs that may be NULL: "" for a sender that says none. */
export function createInstallColumn(block: NativeBlock, name: string) {
  const missing = columnOf(block, name, 0);
  const values = columnOf(block, name, 1);
  // The records of one request are of one install.
  let last = "";
  const lastWords = new Uint32Array(4);

  return (installId: string): void => {
    if (installId !== last) {
      last = "";
      if (installId === "") lastWords.fill(0);
      else if (!uuidWords(installId, lastWords)) throw new Error("install id is not a UUID");
      last = installId;
    }
    appendUInt8(missing, installId === "" ? 1 : 0);
    appendWords(values, lastWords);
  };
}
