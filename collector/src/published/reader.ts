import type { Day } from "../read/days.ts";
import type { PublishedDocument } from "./document.ts";

/**
 * All that restricted readers are answered from. Nothing here reaches a table with anything finer
 * than a document, and what is given is frozen in the sense that a day's document never changes.
 */
export interface PublishedReader {
  /** Days that an app has a document of, in their order. Throws what the store throws. */
  days(app: string): Promise<Day[]>;
  /** The documents of some days, in the order asked; days without one are left out. */
  documents(app: string, days: readonly Day[]): Promise<PublishedDocument[]>;
}
