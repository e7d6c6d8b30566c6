/** What a person chose on the page or in the wizard. `local-only`: recorded, never sent. */
export type Mode = "on" | "base" | "local-only" | "off";
