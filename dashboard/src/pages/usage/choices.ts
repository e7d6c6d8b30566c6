import { useNavigation } from "../../state/navigation.ts";

/**
 * Several choices of a card at once, so that they are one step for the back button; what is empty is
 * not written.
 * @example const set = useChoices(); set({ "explore-event": "auth.login", "explore-where": "" })
 */
export function useChoices(): (part: Record<string, string>) => void {
  const { view, change } = useNavigation();
  return (part) => {
    const all = Object.entries({ ...view.choices, ...part });
    change({ choices: Object.fromEntries(all.filter(([, value]) => value !== "")) });
  };
}
