import { z } from "zod";
import { ERROR_EVENTS } from "../error-events.ts";
import { eventsParameter } from "../parameters.ts";
import { count } from "../reply.ts";

/** The property that says of which kind an error is. */
const ERROR_TYPE = "error_type";
const TYPE_ALLOWED = "a type of at most 200 characters; empty for errors that say none";
const PROPERTY = "the key of a property, such as error_type";

/** Which records are errors. */
export const errorParameters = {
  event: eventsParameter.default([...ERROR_EVENTS]).meta({
    description: `Events that are errors, at most 6. Default: ${ERROR_EVENTS.join(", ")}.`,
    example: "system.error",
  }),
  property: z
    .string(PROPERTY)
    .regex(/^[a-z][a-z0-9_.]{0,63}$/, PROPERTY)
    .default(ERROR_TYPE)
    .meta({ description: "The property that says the type of an error.", example: ERROR_TYPE }),
};

export const errorType = z.string(TYPE_ALLOWED).max(200, TYPE_ALLOWED).optional().meta({
  description:
    "The type, or the class of an exception; empty for errors that say none. Without it: all errors.",
  example: "database",
});

export const unattributed = count.meta({
  description:
    "Of the records: exceptions of spans and logs that said no install, or one that is not known.",
});

/** What tells of errors: an event, or an exception of a span or a log. */
const SOURCES = ["event", "span", "log"] as const;
export type ErrorSource = (typeof SOURCES)[number];
export const sources = z.array(z.enum(SOURCES)).meta({ description: "What told of them." });

export const fromSignals = z.boolean().meta({
  description: "Whether spans or logs ever reported an exception. Otherwise all are events.",
});

/** The type of a record; "" where it says none. */
export const TYPE = "properties[{property:String}]";
