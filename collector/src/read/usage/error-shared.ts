import { z } from "zod";
import { ERROR_EVENTS } from "../error-events.ts";
import { eventsParameter } from "../parameters.ts";

/** The property that says of which kind an error is. */
const ERROR_TYPE = "error_type";
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

/** The type of a record; "" where it says none. */
export const TYPE = "properties[{property:String}]";
