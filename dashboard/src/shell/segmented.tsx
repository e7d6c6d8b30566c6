import type { ComponentChildren } from "preact";

/** A row of buttons of which one is pressed. */
export function Segmented<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { value: T; label: string; face?: ComponentChildren }[];
  onChange: (value: T) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot be laid out in a row
    <div class="segmented" role="group" aria-label={props.label}>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === props.value}
          aria-label={option.face ? option.label : undefined}
          title={option.face ? option.label : undefined}
          onClick={() => props.onChange(option.value)}
        >
          {option.face ?? option.label}
        </button>
      ))}
    </div>
  );
}
