import { z } from "zod";
import { appOnly } from "../parameters.ts";
import { question } from "../question.ts";
import { asOf } from "../reply.ts";
import type { AdoptionSource } from "./adoption.ts";

/** `funnel.onboarding.signed_up`: a step that the app itself names. */
const STEP = /^funnel\.([a-z0-9_]+)\./;
const FEWEST_STEPS = 2;

const reply = z
  .object({
    rows: z.array(
      z.object({
        name: z.string(),
        steps: z.array(z.string()).meta({ description: "Events, in the catalogue's order." }),
      }),
    ),
    asOf,
  })
  .meta({
    id: "ListedFunnels",
    description: "Funnels that the app's catalogue names.",
    example: {
      rows: [
        {
          name: "onboarding",
          steps: ["funnel.onboarding.signed_up", "funnel.onboarding.profile_completed"],
        },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const listedFunnels = ({ catalogueOf }: Pick<AdoptionSource, "catalogueOf">) =>
  question({
    name: "funnels_listed",
    path: "/v1/funnels/listed",
    tag: "Events",
    summary: "The app's own funnels",
    description:
      "Events of the catalogue that are named `funnel.<name>.<step>`, by name, at least two steps each. None for an app without a catalogue.",
    parameters: z.object(appOnly),
    reply,
    async answer(_parameters, { app, asOf }) {
      const funnels = new Map<string, string[]>();
      for (const { name } of catalogueOf(app)?.events ?? []) {
        const funnel = STEP.exec(name)?.[1];
        if (funnel !== undefined) funnels.set(funnel, [...(funnels.get(funnel) ?? []), name]);
      }
      const rows = [...funnels].map(([name, steps]) => ({ name, steps }));
      return { rows: rows.filter(({ steps }) => steps.length >= FEWEST_STEPS), asOf };
    },
  });
