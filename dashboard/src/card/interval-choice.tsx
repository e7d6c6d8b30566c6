import { Segmented } from "../shell/segmented.tsx";
import { useNavigation } from "../state/navigation.ts";
import { useScope } from "../state/scope.ts";
import { text } from "../text/shell.ts";

/** Day, week or month, as far as the range allows a choice. */
export function IntervalChoice() {
  const { change } = useNavigation();
  const { interval, intervals } = useScope();
  if (intervals.length < 2) return null;
  return (
    <Segmented
      label={text.interval.label}
      value={interval}
      onChange={(next) => change({ interval: next })}
      options={intervals.map((each) => ({ value: each, label: text.interval[each] }))}
    />
  );
}
