import { type EngineException, exception } from "./exception.ts";

/** What a reader's statement may use; a request may ask for less. */
export function readerLimits(memoryBytes: number): Record<string, string> {
  return {
    max_execution_time: "30",
    // Stopped at the limit, not when an estimate says that it will be reached.
    timeout_before_checking_execution_speed: "0",
    max_memory_usage: String(Math.floor(memoryBytes / 4)),
    max_result_rows: "100000",
    max_result_bytes: String(64 * 1024 * 1024),
    max_threads: "2",
  };
}

/**
 * Settings that only change how a result is written, or leave some of it out. `output_format_schema` is
 * the one of its kind that names a file to be written.
 */
const PRESENTATION =
  /^(output_format_(?!schema$)[a-z0-9_]+|date_time_output_format|session_timezone|limit|offset|extremes)$/;

/**
 * A reader's settings: its own where they change the presentation or lower a limit, with
 * `readonly = 1`, after which the statement itself can change none.
 */
export function readerSettings(
  asked: Record<string, string>,
  limits: Record<string, string>,
): { settings: Record<string, string> } | { refused: EngineException } {
  const settings: Record<string, string> = { ...limits, result_overflow_mode: "throw" };
  for (const [name, value] of Object.entries(asked)) {
    const limit = limits[name];
    if (limit !== undefined) {
      const lower = Number(value) > 0 && Number(value) < Number(limit);
      if (lower) settings[name] = value;
    } else if (PRESENTATION.test(name)) settings[name] = value;
    else if (name !== "readonly" && name !== "result_overflow_mode") {
      const message = `Cannot modify '${name}' setting in readonly mode`;
      return { refused: exception(164, "READONLY", message) };
    }
  }
  settings.readonly = "1";
  return { settings };
}
