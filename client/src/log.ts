/**
 * Where the client reports: shaped like pino, so that an app can pass its own logger. Fields never
 * hold a property's value, a token or a user id.
 */
export interface Logger {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** One `rollcall: …` line on the console for each report. */
export function createConsoleLogger(): Logger {
  const line = (fields: Record<string, unknown>, message: string) =>
    Object.keys(fields).length === 0
      ? `rollcall: ${message}`
      : `rollcall: ${message} ${JSON.stringify(fields)}`;
  return {
    info: (fields, message) => console.info(line(fields, message)),
    warn: (fields, message) => console.warn(line(fields, message)),
    error: (fields, message) => console.error(line(fields, message)),
  };
}

/** The same logger, but a fault in it (a closed stream, a full disk) stays out of the app. */
export function guardLogger(logger: Logger): Logger {
  const guard =
    (level: keyof Logger) =>
    (fields: Record<string, unknown>, message: string): void => {
      try {
        logger[level](fields, message);
      } catch {
        // There is nowhere left to report this.
      }
    };
  return { info: guard("info"), warn: guard("warn"), error: guard("error") };
}

/** Remembers what was reported, so that a loop in the app does not fill its log. */
export function createOnce(limit = 1_000): (name: string) => boolean {
  const seen = new Set<string>();
  return (name) => {
    if (seen.has(name) || seen.size >= limit) return false;
    seen.add(name);
    return true;
  };
}
