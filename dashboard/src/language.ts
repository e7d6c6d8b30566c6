/**
 * A browser under the POSIX locale says `en-US@posix`, which is no language tag: uPlot, which reads it
 * while it loads, would draw nothing. Imported first.
 */
export function languageOf(said: string): string {
  try {
    return Intl.getCanonicalLocales(said)[0] ?? "en-US";
  } catch {
    return "en-US";
  }
}

const language = languageOf(navigator.language);
if (language !== navigator.language) {
  Object.defineProperty(navigator, "language", { value: language, configurable: true });
}
