import type { WizardOptions, WizardStep } from "@rollcall/client/admin";
import { CURRENCIES, DATE_FORMATS, TIME_FORMATS } from "./format.ts";
import { hashPassword } from "./passwords.ts";
import type { Store } from "./store/store.ts";

const choices = (values: string[]) => values.map((value) => ({ value, label: value }));

const whole = (value: string) => (/^\d+$/.test(value) ? null : "Use a whole number.");

/** The steps of this app; Rollcall adds the one about privacy. */
const STEPS: WizardStep[] = [
  {
    id: "welcome",
    title: "Welcome",
    intro: "A few questions, and the time tracker is ready. Nothing is saved before the last step.",
    fields: [],
  },
  {
    id: "region",
    title: "Region and time",
    fields: [
      {
        name: "timezone",
        label: "Time zone",
        type: "select",
        required: true,
        options: choices([...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])]),
        default: "UTC",
      },
      {
        name: "date_format",
        label: "Date format",
        type: "select",
        required: true,
        options: choices(DATE_FORMATS),
        default: "YYYY-MM-DD",
      },
      {
        name: "time_format",
        label: "Time format",
        type: "select",
        required: true,
        options: choices(TIME_FORMATS),
        default: "24h",
      },
      {
        name: "currency",
        label: "Currency",
        type: "select",
        required: true,
        options: choices(CURRENCIES),
        default: "EUR",
      },
    ],
  },
  {
    id: "company",
    title: "Company",
    intro: "This stands on invoices.",
    fields: [
      { name: "company_name", label: "Name", type: "text", required: true },
      { name: "company_address", label: "Address", type: "textarea", required: true },
      { name: "company_email", label: "E-mail", type: "email", required: true },
      { name: "company_phone", label: "Phone", type: "tel" },
      { name: "company_website", label: "Website", type: "url" },
    ],
  },
  {
    id: "system",
    title: "System",
    fields: [
      {
        name: "admin_name",
        label: "Administrator's name",
        type: "text",
        required: true,
        validate: (value) => (value.length <= 80 ? null : "Use at most 80 characters."),
      },
      {
        name: "admin_password",
        label: "Administrator's password",
        type: "password",
        required: true,
        help: "At least 8 characters.",
        validate: (value) => (value.length >= 8 ? null : "Use at least 8 characters."),
      },
      { name: "self_registration", label: "People may make their own account", type: "checkbox" },
      {
        name: "rounding_minutes",
        label: "Round time to (minutes)",
        type: "number",
        required: true,
        min: 1,
        max: 60,
        validate: whole,
        default: "1",
      },
      {
        name: "single_active_timer",
        label: "One running timer for each user",
        type: "checkbox",
        default: true,
      },
      {
        name: "idle_timeout_minutes",
        label: "A timer is idle after (minutes)",
        type: "number",
        required: true,
        min: 1,
        max: 480,
        validate: whole,
        default: "30",
      },
    ],
  },
  {
    id: "integrations",
    title: "Integrations",
    intro: "Google Calendar, if you have OAuth credentials for it. Leave both empty to skip this.",
    fields: [
      { name: "google_client_id", label: "Client id", type: "text" },
      { name: "google_client_secret", label: "Client secret", type: "password" },
    ],
  },
];

/** The wizard at `/setup`: its questions, and what happens with the answers. */
export function setupWizard({ settings, users }: Store): WizardOptions {
  return {
    title: "Set up the time tracker",
    steps: STEPS,
    links: { privacyPolicy: "/privacy", licence: "/licence" },
    doneUrl: "/login",
    async onComplete(values) {
      const answer = (name: string) => String(values[name] ?? "").trim();
      if ((answer("google_client_id") === "") !== (answer("google_client_secret") === "")) {
        return { errors: { google_client_id: "Give both the id and the secret, or neither." } };
      }
      const password = await hashPassword(String(values.admin_password));
      if (users.create(answer("admin_name"), password, "admin") === null) {
        return { errors: { admin_name: "Somebody has this name already." } };
      }
      settings.write({
        timezone: answer("timezone"),
        date_format: answer("date_format"),
        time_format: answer("time_format"),
        currency: answer("currency"),
        company_name: answer("company_name"),
        company_address: answer("company_address"),
        company_email: answer("company_email"),
        company_phone: answer("company_phone"),
        company_website: answer("company_website"),
        self_registration: values.self_registration === true,
        rounding_minutes: Number(answer("rounding_minutes")),
        single_active_timer: values.single_active_timer === true,
        idle_timeout_minutes: Number(answer("idle_timeout_minutes")),
        google_client_id: answer("google_client_id"),
        google_client_secret: answer("google_client_secret"),
      });
    },
  };
}
