import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { printRange } from "./ranges.ts";
import { recall, remember } from "./remember.ts";
import { parseView, printView, type View } from "./view.ts";

/** Changes a part of the view; `replace` leaves no step for the back button. */
export type ChangeView = (change: Partial<View>, replace?: boolean) => void;

/** The view in the address bar and how to change it. */
export interface Navigation {
  view: View;
  change: ChangeView;
}

export const NavigationContext = createContext<Navigation | null>(null);

/** Reads the view from the address bar and follows the back and forward buttons. */
export function useAddressBar(): Navigation {
  const [view, setView] = useState(readAddress);
  useEffect(() => {
    // An address with gaps (a first visit, an old link) is completed, so that it can be shared.
    writeAddress(view, true);
    const follow = () => setView(readAddress());
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  const change: ChangeView = (part, replace = false) => {
    const next = { ...readAddress(), ...part };
    writeAddress(next, replace);
    if (next.app) remember("app", next.app);
    if (next.range.kind !== "custom") remember("range", printRange(next.range));
    setView(next);
  };
  return { view, change };
}

/** The navigation of the surrounding shell. */
export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext);
  if (!navigation) throw new Error("useNavigation outside of the shell");
  return navigation;
}

/**
 * One card's choice, kept in the address bar under its name; `fallback` is not written.
 * @param name at most 32 of a–z, 0–9 and "-", and none of the view's own names
 * @example const [measure, setMeasure] = useChoice("measure", "count")
 */
export function useChoice(name: string, fallback: string): [string, (value: string) => void] {
  const { view, change } = useNavigation();
  const set = (value: string) => {
    const { [name]: _, ...rest } = view.choices;
    change({ choices: value === fallback ? rest : { ...rest, [name]: value } });
  };
  return [view.choices[name] ?? fallback, set];
}

function readAddress(): View {
  return parseView(location.pathname, location.search, {
    app: recall("app"),
    range: recall("range"),
  });
}

function writeAddress(view: View, replace: boolean): void {
  const address = printView(view);
  if (address === `${location.pathname}${location.search}`) return;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
}
