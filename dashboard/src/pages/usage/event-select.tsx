/** A list of events to choose one from; one that never came in the range can still be chosen by a link. */
export function EventSelect(props: {
  label: string;
  value: string;
  events: readonly string[];
  onChange: (event: string) => void;
}) {
  const known = [...new Set([...props.events, props.value])].filter(Boolean).sort();
  return (
    <select
      class="field inline-field"
      aria-label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    >
      {known.map((event) => (
        <option key={event} value={event}>
          {event}
        </option>
      ))}
    </select>
  );
}
