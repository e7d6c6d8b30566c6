export { createSentry, type RollcallSentry, type SentryOptions } from "./sentry.ts";
