import { rounded } from "../measure.ts";
import { type BesideIngest, measureBesideIngest } from "./beside-ingest.ts";
import { fleetOf, type Size } from "./fleets.ts";
import { measureQueries, type QueryEffort, queryCases } from "./run.ts";
import { type QueryLine, tableOf } from "./table.ts";

export interface QueryBench {
  sizes: readonly Size[];
  /** Directories of fleets that are there already, by size. */
  data: ReadonlyMap<string, string>;
  efforts: (size: Size) => QueryEffort;
  /** Rounds of the same questions while the largest fleet takes in batches; 0: none. */
  besideIngest: number;
  isChosen(name: string): boolean;
  print(name: string, figures: object): void;
}

/** Cases have this in front of their question's name. */
export const QUERY = "query-";

/**
 * Asks what pages ask of fleets of several sizes, beside the plain query over records and the mere reading
 * of the columns, and prints a line a question and size; at the end the table of all.
 */
export async function benchQueries(bench: QueryBench): Promise<void> {
  const lines: QueryLine[] = [];
  for (const size of bench.sizes) {
    const fleet = await fleetOf(size, bench.data.get(size));
    const chosen = queryCases(fleet).filter(({ name }) => bench.isChosen(QUERY + name));
    try {
      await measureQueries(fleet, chosen, bench.efforts(size), (name, figures) => {
        lines.push({ question: name, size, events: fleet.events, ...figures });
        bench.print(QUERY + name, { size, unit: "ms", ...figures, ...ratios(figures) });
      });
      if (bench.besideIngest > 0 && size === bench.sizes.at(-1)) {
        const beside = await measureBesideIngest(fleet, chosen, bench.besideIngest);
        lines.push(...besideLines(lines, size, beside));
        bench.print("query-beside-ingest", {
          ...{ size, unit: "ms", eventsASecond: beside.eventsASecond },
          questions: Object.fromEntries(beside.figures),
        });
      }
    } finally {
      fleet.remove();
    }
  }
  console.error(`\n${tableOf(lines)}\n`);
}

const ratios = ({ p50, plain, scan }: Pick<QueryLine, "p50" | "plain" | "scan">) =>
  p50 === null
    ? {}
    : {
        ...(plain !== null && { timesFasterThanPlain: rounded(plain / p50) }),
        ...(scan !== null && { timesReading: rounded(p50 / scan) }),
      };

/** Against the same yardsticks, which ran without ingest: what ingest takes counts against us. */
function besideLines(lines: readonly QueryLine[], size: Size, { figures }: BesideIngest) {
  return lines
    .filter((line) => line.size === size && figures.has(line.question))
    .map((line) => ({
      ...{ ...line, ...figures.get(line.question)! },
      ...{ size: `${size}+`, equal: null },
    }));
}
