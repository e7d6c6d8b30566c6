import { decodeRequest } from "../support/protobuf.ts";
import { batchBytes, type Corpus } from "./corpus.ts";

export interface DecodeTask {
  corpus: Corpus;
  milliseconds: number;
}

/** The yardstick for batches: protobufjs decodes the same bytes and does nothing with them. */
process.on("message", ({ corpus, milliseconds }: DecodeTask) => {
  const bytes = batchBytes(corpus);
  const began = performance.now();
  let batches = 0;
  while (performance.now() - began < milliseconds) {
    decodeRequest(bytes, corpus.field);
    batches += 1;
  }
  process.send?.((batches * corpus.records * 1000) / (performance.now() - began));
});
process.once("disconnect", () => process.exit(0));
