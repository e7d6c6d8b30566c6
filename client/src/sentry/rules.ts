/** What `state().sentry` tells about the scrubbing, for the page. */
export const SENTRY_RULES: readonly string[] = [
  "Nothing is sent unless detailed telemetry is on; switching it off disables Sentry at once.",
  "Messages of errors are never sent, only the class of the error.",
  "Of a stack frame: function, file below the app or its package, line and column. No source lines, no variables.",
  "No user, no IP address, no request, no breadcrumbs, no extra data, no server name, no attachments.",
  "Transactions and spans: name as a template, kind of operation, times, and attributes of a fixed list.",
  "Tags only where name and value are words of a program; of the system, type and major version.",
  "No sessions, logs, metrics, profiles or client reports; no trace headers on the app's own requests.",
  "Every event stands in the app's log before it is sent; what cannot be written there is not sent.",
];
