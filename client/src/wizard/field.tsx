import { text } from "./text.ts";
import type { WizardField } from "./types.ts";

interface FieldProps {
  field: WizardField;
  value: string | boolean;
  /** What is wrong with the answer; "" while nothing is. */
  error: string;
}

/** One question with its help and, after a refusal, what is wrong with the answer. */
export function Field({ field, value, error }: FieldProps) {
  const id = `field-${field.name}`;
  const about = [
    field.help === undefined ? "" : `${id}-help`,
    error === "" ? "" : `${id}-error`,
  ].filter((part) => part !== "");
  const label = (
    <label for={id}>
      {field.label}
      {field.required || field.type === "checkbox" ? null : (
        <span class="quiet"> ({text.optional})</span>
      )}
    </label>
  );
  const shared = {
    id,
    name: field.name,
    "aria-invalid": error === "" ? undefined : ("true" as const),
    "aria-describedby": about.length === 0 ? undefined : about.join(" "),
    required: field.required,
  };
  return (
    <div class={field.type === "checkbox" ? "question tick" : "question"}>
      {field.type === "checkbox" ? (
        <>
          <input {...shared} type="checkbox" value="yes" checked={value === true} />
          {label}
        </>
      ) : (
        <>
          {label}
          <Control field={field} value={String(value)} shared={shared} />
        </>
      )}
      {field.help === undefined ? null : (
        <p class="quiet" id={`${id}-help`}>
          {field.help}
        </p>
      )}
      {error === "" ? null : (
        <p class="wrong" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

interface ControlProps {
  field: WizardField;
  value: string;
  shared: { id: string; name: string; required: boolean | undefined };
}

function Control({ field, value, shared }: ControlProps) {
  const { type, options = [], min, max } = field;
  if (type === "textarea") {
    return (
      <textarea {...shared} class="input" rows={4}>
        {value}
      </textarea>
    );
  }
  if (type === "select") {
    const listed = options.some((option) => option.value === value);
    return (
      <select {...shared} class="input">
        {listed ? null : <option value="">{text.choose}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    );
  }
  const bounds = {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(type === "number" ? { step: "any" } : {}),
  };
  return <input {...shared} class="input" type={type as "text"} value={value} {...bounds} />;
}
