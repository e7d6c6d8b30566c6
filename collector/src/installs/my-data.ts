import type { Store } from "../store/client.ts";
import type { ErasedBy, Erasure, Erasures } from "./erasures.ts";
import { countRows, exportInstall } from "./export.ts";
import type { Settle } from "./settle.ts";

/** What an install's export ended in. `stream` is the text of one JSON object. */
export type Export =
  | { kind: "stream"; stream: AsyncIterable<string> }
  | Exclude<Erasure, { kind: "erased" }>
  /** Enough exports run already. */
  | { kind: "too_many" };

/** Access and erasure, once whoever asks has proved the right to it. */
export interface MyData {
  /** What the ledger of erasures says of the install; null where it was never erased. */
  erased: Erasures["find"];
  export(app: string, installId: string): Promise<Export>;
  erase(app: string, installId: string, by: ErasedBy): Promise<Erasure>;
}

interface MyDataDeps {
  store: Store;
  erasures: Erasures;
  settle: Settle;
  now?: () => Date;
}

/** Each holds a page of rows and asks the store again and again. */
const MOST_EXPORTS = 2;

export function createMyData({ store, erasures, settle, now }: MyDataDeps): MyData {
  let exports = 0;

  /** Counts as one from its first part until it is read to its end or left. */
  async function* counted(parts: AsyncGenerator<string>, first: string): AsyncGenerator<string> {
    exports += 1;
    try {
      yield first;
      yield* parts;
    } finally {
      exports -= 1;
    }
  }

  async function begin(app: string, installId: string): Promise<Export> {
    if (!(await settle())) return { kind: "busy" };
    const of = { app, installId };
    const rows = await countRows(store, of);
    if (Object.values(rows).every((count) => count === 0)) return { kind: "unknown" };
    const parts = exportInstall(store, of, now?.() ?? new Date());
    // The first part comes when the store has answered: up to here an error is an answer.
    const first = await parts.next();
    return { kind: "stream", stream: counted(parts, first.value ?? "") };
  }

  return {
    erased: erasures.find,
    async export(app, installId) {
      const erased = await erasures.find(app, installId);
      if (erased !== null) return erased;
      if (exports >= MOST_EXPORTS) return { kind: "too_many" };
      exports += 1;
      try {
        return await begin(app, installId);
      } finally {
        // Once whoever reads the stream has begun, and it counts by itself.
        setImmediate(() => {
          exports -= 1;
        });
      }
    },
    erase: (app, installId, by) => erasures.erase(app, installId, by),
  };
}
