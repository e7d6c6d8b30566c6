/* What the fleets of the truth may say, and what their catalogue says of it. */

export const KINDS = ["red", "green", "blue"];
export const ERROR_TYPES = ["database", "network", "render"];
export const ROUTES = ["/", "/projects", "/projects/:id", "/reports/:id/print"];
export const FUNNEL = ["funnel.setup.begun", "funnel.setup.named", "funnel.setup.done"];

const kind = { type: "enum", values: KINDS };
const plain = {
  kind,
  size: { type: "integer" },
  ratio: { type: "number" },
  paid: { type: "boolean" },
};
const error = { ...plain, error_type: { type: "enum", values: ERROR_TYPES } };

/** Since which version the catalogue says that there is an event; later than any, or the lowest, too. */
export const SINCE: Record<string, string> = {
  "timer.started": "99.0",
  "timer.stopped": "1.10.0-rc.3",
  "timer.paused": "1.10.0",
  "invoice.created": "0.1",
  ...{
    $pageview: "99.0",
    performance_metric: "2.0",
    "system.error": "99.0",
    error_occurred: "99.0",
  },
  ...Object.fromEntries(FUNNEL.map((step) => [step, "99.0"])),
};

/** The catalogue of one app; `timer.paused` is listed and never sent. */
export const catalogueOf = (app: string) => ({
  app,
  version: 1,
  events: Object.entries(SINCE).map(([name, since]) => ({
    ...{
      name,
      since,
      description: "For a test.",
      reason: "Is it counted?",
      owner: "tests",
      expires: null,
    },
    properties: described(
      name === "$pageview" ? { ...plain, pathname: { type: "route", templates: ROUTES } } : error,
    ),
  })),
});

const described = (properties: Record<string, object>) =>
  Object.fromEntries(
    Object.entries(properties).map(([key, type]) => [key, { ...type, description: "For a test." }]),
  );
