import type { WizardOptions, WizardValues } from "../wizard/types.ts";

/** The steps of the time tracker, and what it was handed at the end. */
export function wizardOptions(
  change: Partial<WizardOptions> = {},
): WizardOptions & { kept: WizardValues[] } {
  const kept: WizardValues[] = [];
  return {
    kept,
    title: "Set up TimeTracker",
    links: { privacyPolicy: "/privacy", licence: "/licence" },
    async onComplete(values) {
      kept.push(values);
    },
    steps: [
      { id: "welcome", title: "Welcome", intro: "A few questions, two minutes.", fields: [] },
      {
        id: "region",
        title: "Region & time",
        fields: [
          {
            name: "timezone",
            label: "Time zone",
            type: "select",
            required: true,
            default: "UTC",
            options: ["UTC", "Europe/Brussels"].map((value) => ({ value, label: value })),
          },
          {
            name: "currency",
            label: "Currency",
            type: "text",
            required: true,
            default: "EUR",
            help: "Three letters, such as EUR.",
            validate: (value) => (/^[A-Z]{3}$/.test(value) ? null : "Three capital letters."),
          },
        ],
      },
      {
        id: "company",
        title: "Company",
        fields: [
          { name: "company_name", label: "Company name", type: "text", required: true },
          { name: "company_email", label: "E-mail", type: "email", required: true },
          { name: "company_phone", label: "Phone", type: "tel" },
          { name: "company_website", label: "Website", type: "url" },
          { name: "company_address", label: "Address", type: "textarea" },
        ],
      },
      {
        id: "system",
        title: "System",
        fields: [
          { name: "self_register", label: "People may sign up", type: "checkbox" },
          {
            name: "rounding_minutes",
            label: "Round to minutes",
            type: "number",
            required: true,
            default: "1",
            min: 1,
            max: 60,
          },
        ],
      },
      {
        id: "integrations",
        title: "Integrations",
        fields: [
          { name: "google_client_id", label: "Google client id", type: "text" },
          { name: "google_client_secret", label: "Google client secret", type: "password" },
        ],
      },
    ],
    ...change,
  };
}

/** Answers that pass. */
export const goodAnswers = {
  timezone: "Europe/Brussels",
  currency: "EUR",
  company_name: "Bread & Butter",
  company_email: "office@example.org",
  rounding_minutes: "15",
};
