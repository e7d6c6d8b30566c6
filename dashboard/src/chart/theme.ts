/** The names of the colours in style/tokens.css that charts draw with. */
export type ColourToken =
  | `cat-${1 | 2 | 3 | 4 | 5 | 6}`
  | `seq-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`
  | PlainToken;
type PlainToken = "accent" | "other" | "line" | "text-1" | "text-2" | "text-3" | "surface";

const known = new Map<string, string>();
const listeners = new Set<() => void>();

/** The colour a token has in the present theme, for a canvas, which cannot read variables itself. */
export function colour(token: ColourToken): string {
  let value = known.get(token);
  if (value === undefined) {
    const said = getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
    // The build shortens #ffffff to #fff.
    value = /^#...$/.test(said) ? said.replace(/[^#]/g, "$&$&") : said;
    known.set(token, value);
  }
  return value;
}

/** The same with an opacity between 0 and 1. */
export function tint(token: ColourToken, opacity: number): string {
  const alpha = Math.round(opacity * 255);
  return `${colour(token)}${alpha.toString(16).padStart(2, "0")}`;
}

/** The page's type for a canvas. @param size in the canvas' own pixels */
export function canvasFont(size: number, weight = 400): string {
  return `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`;
}

/** Calls back when the theme changed, by the system or by the switch. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** To be called by whoever changes the theme. */
export function themeChanged(): void {
  known.clear();
  for (const listener of listeners) listener();
}
