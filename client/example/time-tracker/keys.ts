/**
 * Where telemetry goes, put in at build time: `rollcall-client keys --write` replaces the
 * placeholders in an official build, and nothing in the environment overrides them then. In a build
 * from source they stay, count as absent, and the environment decides.
 */
export const keys =
  "rollcall-keys/1 endpoint=%%ROLLCALL_ENDPOINT%% token=%%ROLLCALL_TOKEN%% sentry_dsn=%%ROLLCALL_SENTRY_DSN%%";
