/** On or off, at once. */
export function Switch(props: {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
  hint?: string;
}) {
  return (
    <button
      type="button"
      class="switch"
      role="switch"
      aria-checked={props.on}
      title={props.hint}
      onClick={() => props.onChange(!props.on)}
    >
      <span class="switch-track" aria-hidden="true" />
      {props.label}
    </button>
  );
}
