import { z } from "zod";
import { count } from "../reply.ts";

/** Versions named in one row. */
const MOST_VERSIONS = 3;

export const senders = z.array(z.object({ version: z.string(), count })).meta({
  description: `The ${MOST_VERSIONS} versions that send most of it; an empty string where the record said none.`,
});

/** SQL for them, over one row a version. The arguments are names of ours, never input. */
export const versionsOf = (version: string, sent: string): string =>
  `arrayMap(
     sender -> CAST((sender.1, sender.2), 'Tuple(version String, count UInt64)'),
     arraySlice(arrayReverseSort(sender -> (sender.2, sender.1), groupArray((${version}, ${sent}))), 1, ${MOST_VERSIONS})
   )`;
