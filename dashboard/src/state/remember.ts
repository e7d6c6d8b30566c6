/** What this browser remembers between visits. Storage may be closed (private mode): then nothing. */
export type Remembered = "app" | "range" | "theme" | "keys" | "sign-in";

export function recall(name: Remembered): string | null {
  try {
    return localStorage.getItem(`rollcall.${name}`);
  } catch {
    return null;
  }
}

export function remember(name: Remembered, value: string): void {
  try {
    localStorage.setItem(`rollcall.${name}`, value);
  } catch {
    // Nothing to do: the choice lasts as long as the page.
  }
}
