import type { Catalogue } from "@rollcall/schemas";

const about = {
  description: "Something.",
  reason: "Is it used?",
  owner: "product",
  since: "1.0.0",
};

/** A small catalogue with a property of each type. */
export const catalogue = {
  app: "timetracker",
  version: 1,
  events: [
    {
      name: "timer.started",
      ...about,
      properties: {
        project_id: { type: "id", description: "The project." },
        billable: { type: "boolean", description: "Whether it is billed." },
      },
    },
    {
      name: "report.generated",
      ...about,
      properties: {
        report_type: { type: "enum", values: ["weekly", "monthly"], description: "Which report." },
        num_rows: { type: "integer", description: "How long it was." },
        ratio: { type: "number", description: "Billed over all." },
        duration_seconds: { type: "duration_seconds", description: "How long it took." },
      },
    },
  ],
} as const satisfies Catalogue;
