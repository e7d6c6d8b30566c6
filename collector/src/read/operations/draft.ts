import { draftCatalogue, type SeenField, shapeOf } from "@rollcall/schemas";
import { z } from "zod";
import { appOnly } from "../parameters.ts";
import { question } from "../question.ts";

/** Different values of a field that are looked at: enough to tell a number from an integer. */
const SAMPLES = 50;
const MOST_FIELDS = 20_000;

const reply = z
  .looseObject({
    app: z.string(),
    version: z.int(),
    events: z.array(z.looseObject({ name: z.string() })),
  })
  .meta({
    id: "CatalogueDraft",
    description:
      "A catalogue in the format of the files in schemas/catalogues, to be reviewed and completed by hand.",
    example: {
      app: "sandbox",
      version: 1,
      events: [
        {
          name: "timer.started",
          description: "",
          reason: "",
          owner: "",
          since: "",
          properties: { project_id: { type: "id", description: "" } },
        },
      ],
    },
  });

export const draft = question({
  name: "catalogue_draft",
  path: "/v1/catalogue/draft",
  tag: "Operations",
  summary: "A catalogue drafted from what was received",
  description:
    "Every event and field that the app sent, with the type that its values had; fields whose text was dropped become closed sets to fill in. Nothing of a value is in the answer.",
  parameters: z.object(appOnly),
  reply,
  async answer(_parameters, { ask, app }) {
    const params = { app, most: MOST_FIELDS };
    const fields = await ask<{
      event: string;
      key: string;
      seen_texts: string[];
      seen_numbers: number[];
    }>(
      `SELECT event, key, groupUniqArray(${SAMPLES})(text) AS seen_texts, [] :: Array(Float64) AS seen_numbers
       FROM events ARRAY JOIN mapKeys(properties) AS key, mapValues(properties) AS text
       WHERE app = {app:String}
       GROUP BY event, key
       LIMIT {most:UInt32}
       UNION ALL
       SELECT
         event, key, [] :: Array(String) AS seen_texts,
         -- One value with a fraction is enough to make it a number, however rare it is.
         [any(number), argMax(number, number != trunc(number))] AS seen_numbers
       FROM events ARRAY JOIN mapKeys(numbers) AS key, mapValues(numbers) AS number
       WHERE app = {app:String}
       GROUP BY event, key
       LIMIT {most:UInt32}
       UNION ALL
       SELECT event, '' AS key, [] :: Array(String) AS seen_texts, [] :: Array(Float64) AS seen_numbers
       FROM events
       WHERE app = {app:String}
       GROUP BY event`,
      params,
    );
    const texts = await ask<{ event: string; key: string }>(
      `SELECT event, field AS key
       FROM refusals
       WHERE app = {app:String} AND outcome = 'dropped' AND reason = 'type_mismatch'
       GROUP BY event, key
       LIMIT {most:UInt32}`,
      params,
    );
    const seen = [
      ...fields.flatMap(seenFields),
      ...texts.map(({ event, key }): SeenField => ({ event, key, shape: "text" })),
    ];
    return draftCatalogue(app, seen) as unknown as z.input<typeof reply>;
  },
});

/** One entry a shape: the drafter settles on the one that takes all of them. */
function seenFields(field: {
  event: string;
  key: string;
  seen_texts: string[];
  seen_numbers: number[];
}): SeenField[] {
  const { event, key } = field;
  const shapes = new Set([...field.seen_texts, ...field.seen_numbers].map(shapeOf));
  if (key === "") return [{ event, key, shape: "text" }];
  return [...shapes].map((shape) => ({ event, key, shape }));
}
