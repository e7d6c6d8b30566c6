import type { Authorize } from "../admin/types.ts";

/** One question of a step. */
export interface WizardField {
  name: string;
  label: string;
  type:
    | "text"
    | "email"
    | "url"
    | "tel"
    | "password"
    | "number"
    | "checkbox"
    | "select"
    | "textarea";
  /** For `select`; nothing else is accepted. */
  options?: readonly { value: string; label: string }[];
  /** For a checkbox: it must be ticked. */
  required?: boolean;
  /** Bounds of a number. */
  min?: number;
  max?: number;
  default?: string | boolean;
  help?: string;
  /** Looks at an answer that passed the field's own checks; returns what is wrong with it. */
  validate?(value: string): string | null;
}

/** One step of the wizard. The privacy step is added by the client, as the last. */
export interface WizardStep {
  /** Letters, digits and dashes. */
  id: string;
  title: string;
  intro?: string;
  fields: readonly WizardField[];
}

/** Answers by field name: true or false for a checkbox, text for everything else. */
export type WizardValues = Record<string, string | boolean>;

/** What `createWizardHandler` takes. */
export interface WizardOptions<Raw = unknown> {
  /** Default `/setup`. */
  path?: string;
  /** The app's own steps; the privacy step comes after them by itself. */
  steps: readonly WizardStep[];
  title: string;
  links: { privacyPolicy: string; licence: string };
  /** Keeps the answers. What it returns as errors, by field name, is shown and setup goes on. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a host that returns nothing is fine
  onComplete(values: WizardValues): Promise<{ errors?: Record<string, string> } | void>;
  /** What the app knows already; passwords among it are not shown. */
  values?(): Promise<WizardValues>;
  /** Where the telemetry page is, which the privacy step names; default `/admin/telemetry`. */
  telemetryPath?: string;
  /** Where setup ends; default `/`. */
  doneUrl?: string;
  /** Without it anybody who reaches the server before setup is complete may complete it. */
  authorize?: Authorize<Raw>;
}
