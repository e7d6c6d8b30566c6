import { useEffect, useState } from "preact/hooks";
import { themeChanged } from "../chart/theme.ts";
import { recall, remember } from "../state/remember.ts";

export type Theme = "system" | "light" | "dark";

/** Puts the remembered theme on the page; to be called before the first render. */
export function applyTheme(theme: Theme = recalledTheme()): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  themeChanged();
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(recalledTheme);
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", themeChanged);
    return () => system.removeEventListener("change", themeChanged);
  }, []);
  return [
    theme,
    (next) => {
      remember("theme", next);
      applyTheme(next);
      setTheme(next);
    },
  ];
}

function recalledTheme(): Theme {
  const theme = recall("theme");
  return theme === "light" || theme === "dark" ? theme : "system";
}
