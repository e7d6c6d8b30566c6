import type { ZodObject, z } from "zod";
import type { Params } from "../store/client.ts";
import type { Range } from "./parameters.ts";

/** Runs one bound SELECT for a question, within the read API's limits. Throws as `Store.query` does. */
export type Ask = <T>(sql: string, params: Params) => Promise<T[]>;

/** What a question is answered from, besides its parameters. */
export interface Context {
  ask: Ask;
  /** The app asked about; it is known to exist. "" for questions about all of them. */
  app: string;
  range: Range;
  /** Whether who asks may see an app. */
  sees(app: string): boolean;
  /** Whether who asks may see every app, and so what is counted over all of them together. */
  seesAll: boolean;
  now: Date;
  /** Data received before this moment is in the store. */
  loadedUntil: Date;
  /** `loadedUntil` as the answer says it. */
  asOf: string;
}

/** One question of the read API: what may be asked, what is answered, and how. */
export interface Question<P extends ZodObject, R extends ZodObject> {
  /** Label of `rollcall_query_duration_seconds`, and the operation's id in the OpenAPI document. */
  name: string;
  path: string;
  tag: "Installs" | "Events" | "Signals" | "Operations";
  summary: string;
  description: string;
  /** It is about all apps together: credentials for some of them do not open it. */
  ofAllApps?: true;
  parameters: P;
  reply: R;
  answer(parameters: z.output<P>, context: Context): Promise<z.input<R>>;
}

/** Ties the types of a question's parts together; returns it as it is. */
export const question = <P extends ZodObject, R extends ZodObject>(
  parts: Question<P, R>,
): Question<P, R> => parts;
