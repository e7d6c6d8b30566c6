import { type ComponentChildren, createContext } from "preact";
import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import type { ApiError } from "../../api/api.ts";
import { settingsText as words } from "../../text/settings.ts";
import { type Change, fieldError, useChange } from "./change.ts";

/** What fields know of the form around them. */
interface FormState {
  id: string;
  wrong: { field: string; message: string } | null;
}
const FormContext = createContext<FormState>({ id: "", wrong: null });

/**
 * A form that sends one change. What the server says of a field stands at the field, and the focus
 * goes there; anything else stands above the button.
 */
export function ChangeForm<T>(props: {
  id: string;
  fields: readonly string[];
  button: string;
  change: (data: FormData) => Change;
  onDone?: (value: T) => void;
  onCancel?: () => void;
  /** What was filled in stays after it was sent. */
  keep?: boolean;
  children: ComponentChildren;
}) {
  const form = useRef<HTMLFormElement>(null);
  const { busy, error, send } = useChange();
  const found = fieldError(error);
  const wrong = found && props.fields.includes(found.field) ? found : null;
  useLayoutEffect(() => {
    if (wrong) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error]);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (!form.current || busy) return;
    const result = await send<T>(props.change(new FormData(form.current)));
    if (!result.ok) return;
    if (!props.keep) form.current?.reset();
    props.onDone?.(result.value);
  }

  return (
    <form ref={form} class="settings-form" onSubmit={submit} noValidate>
      <FormContext.Provider value={{ id: props.id, wrong }}>{props.children}</FormContext.Provider>
      {error && !wrong && <ErrorLine error={error} />}
      <div class="row">
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? words.saving : props.button}
        </button>
        {props.onCancel && (
          <button type="button" class="button" onClick={props.onCancel}>
            {words.cancel}
          </button>
        )}
      </div>
    </form>
  );
}

export function ErrorLine({ error }: { error: ApiError }) {
  return (
    <p class="field-error" role="alert">
      {error.message}
      {error.requestId && <span class="mono small"> {words.request(error.requestId)}</span>}
    </p>
  );
}

interface FieldProps {
  name: string;
  label: string;
  hint?: string;
}

/** Names, hint and error of a field, tied to it. */
function useField({ name, hint }: FieldProps) {
  const { id, wrong } = useContext(FormContext);
  const mine = `${id}-${name}`;
  const error = wrong?.field === name ? wrong.message : "";
  const said = [error && `${mine}-error`, hint && `${mine}-hint`].filter(Boolean).join(" ");
  const attributes = {
    ...{ id: mine, name, "aria-invalid": error !== "" },
    ...(said && { "aria-describedby": said }),
  };
  return { mine, error, attributes };
}

function FieldBox(
  props: FieldProps & { mine: string; error: string; children: ComponentChildren },
) {
  const { mine, error, hint } = props;
  return (
    <div class="settings-field">
      <label for={mine}>{props.label}</label>
      {props.children}
      {error && (
        <p id={`${mine}-error`} class="field-error" role="alert">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${mine}-hint`} class="quiet small">
          {hint}
        </p>
      )}
    </div>
  );
}

export function TextField(
  props: FieldProps & {
    type?: "text" | "number" | "password" | "date" | "url";
    value?: string | number;
    list?: readonly string[];
    autocomplete?: "off" | "new-password" | "current-password";
  },
) {
  const { mine, error, attributes } = useField(props);
  const options = props.list && `${mine}-list`;
  return (
    <FieldBox {...props} mine={mine} error={error}>
      <input
        {...attributes}
        class="field"
        // The types of JSX know each kind of input by itself; these all take the same attributes.
        type={(props.type ?? "text") as "text"}
        defaultValue={props.value === undefined ? "" : String(props.value)}
        autocomplete={props.autocomplete ?? "off"}
        spellcheck={false}
        {...(options ? { list: options } : {})}
      />
      {options && (
        <datalist id={options}>
          {props.list?.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
    </FieldBox>
  );
}

export function SelectField(
  props: FieldProps & {
    value?: string;
    options: readonly { value: string; label: string }[];
    onChange?: (value: string) => void;
  },
) {
  const { mine, error, attributes } = useField(props);
  return (
    <FieldBox {...props} mine={mine} error={error}>
      <select
        {...attributes}
        class="field"
        value={props.value}
        onChange={(event) => props.onChange?.(event.currentTarget.value)}
      >
        {props.options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </FieldBox>
  );
}

/** Several of a few: the form holds the name once for each that is ticked. */
export function CheckList(
  props: FieldProps & {
    options: readonly { value: string; label: string }[];
    checked?: readonly string[];
    /** Sentences, one below the other. */
    long?: boolean;
  },
) {
  const { mine, error, attributes } = useField(props);
  const described = attributes["aria-describedby"];
  return (
    <fieldset class="settings-field" {...(described ? { "aria-describedby": described } : {})}>
      <legend>{props.label}</legend>
      <div class={props.long ? "settings-checks long" : "settings-checks"}>
        {props.options.map(({ value, label }, place) => (
          <label key={value} class="check-row">
            <input
              type="checkbox"
              name={props.name}
              value={value}
              defaultChecked={props.checked?.includes(value) ?? false}
              {...(place === 0 ? { id: mine, "aria-invalid": error !== "" } : {})}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
      {error && (
        <p id={`${mine}-error`} class="field-error" role="alert">
          {error}
        </p>
      )}
      {props.hint && (
        <p id={`${mine}-hint`} class="quiet small">
          {props.hint}
        </p>
      )}
    </fieldset>
  );
}

export function CheckField({ name, label, checked }: FieldProps & { checked?: boolean }) {
  const { attributes } = useField({ name, label });
  return (
    <label class="check-row">
      <input {...attributes} type="checkbox" value="yes" defaultChecked={checked ?? false} />
      <span>{label}</span>
    </label>
  );
}

export const textOf = (data: FormData, name: string): string => String(data.get(name) ?? "").trim();

/** A number, or what was written where it is none: then the server says what is allowed. */
export function numberOf(data: FormData, name: string): number | string | null {
  const text = textOf(data, name);
  return text === "" ? null : Number.isNaN(Number(text)) ? text : Number(text);
}

export const listOf = (data: FormData, name: string): string[] => data.getAll(name).map(String);

/** A date field's day as the moment it begins, or null. */
export function momentOf(data: FormData, name: string): string | null {
  const day = textOf(data, name);
  return day === "" ? null : `${day}T00:00:00Z`;
}
