import { decodeRequest } from "../support/protobuf.ts";
import { BATCH_RECORDS, batchBytes } from "./corpus.ts";

/** The yardstick for batches: protobufjs decodes the same bytes and does nothing with them. */
process.on("message", (milliseconds: number) => {
  const bytes = batchBytes();
  const began = performance.now();
  let batches = 0;
  while (performance.now() - began < milliseconds) {
    decodeRequest(bytes);
    batches += 1;
  }
  process.send?.((batches * BATCH_RECORDS * 1000) / (performance.now() - began));
});
process.once("disconnect", () => process.exit(0));
