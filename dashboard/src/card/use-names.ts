import { useChoice } from "../state/navigation.ts";

/** A set of card names under one choice in the address bar: `table=active,versions`. */
export function useNamed(choice: string, name: string): [boolean, () => void] {
  const [value, setValue] = useChoice(choice, "");
  const names = value === "" ? [] : value.split(",");
  const on = names.includes(name);
  return [
    on,
    () => setValue((on ? names.filter((other) => other !== name) : [...names, name]).join(",")),
  ];
}
