/** Events that say that something went wrong. */
export const ERROR_EVENTS = ["system.error", "error_occurred"] as const;
