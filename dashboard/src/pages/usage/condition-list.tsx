import "./usage.css";
import { useId, useState } from "preact/hooks";
import { useQuestion } from "../../api/query.ts";
import type { EventProperties } from "../../api/usage.ts";
import { Popover } from "../../shell/popover.tsx";
import { useScope } from "../../state/scope.ts";
import { usageText } from "../../text/usage.ts";
import { OPERATORS, type Operator } from "./conditions.ts";

const words = usageText.conditions;
const MOST = 5;

/** The conditions on an event's properties as chips, and a form that adds one. */
export function ConditionList(props: {
  id: string;
  event: string;
  conditions: readonly string[];
  onChange: (conditions: string[]) => void;
}) {
  const [open, setOpen] = useState(false);
  const { conditions } = props;
  return (
    <div class="condition-list">
      {conditions.map((condition) => (
        <button
          key={condition}
          type="button"
          class="chip"
          aria-label={words.remove(printCondition(condition))}
          onClick={() => props.onChange(conditions.filter((other) => other !== condition))}
        >
          {printCondition(condition)} <span aria-hidden="true">×</span>
        </button>
      ))}
      {conditions.length < MOST && props.event !== "" && (
        <Popover
          id={`${props.id}-condition`}
          label={words.add}
          face={words.add}
          buttonClass="button plain"
          open={open}
          onOpen={setOpen}
        >
          <ConditionForm
            event={props.event}
            onAdd={(condition) => {
              setOpen(false);
              props.onChange([...new Set([...conditions, condition])]);
            }}
          />
        </Popover>
      )}
    </div>
  );
}

/** @example printCondition("duration_seconds>60") // "duration_seconds more than 60" */
export function printCondition(condition: string): string {
  const [, key = "", operator = ":", value = ""] =
    /^([^:<>]*)(:|>=|<=|>|<)(.*)$/s.exec(condition) ?? [];
  return words.print(key, words.operators[operator as Operator], value.replaceAll("|", words.or));
}

function ConditionForm(props: { event: string; onAdd: (condition: string) => void }) {
  const { params } = useScope();
  const id = useId();
  const query = useQuestion<EventProperties>("events/properties", {
    ...params,
    event: props.event,
  });
  const [chosen, setKey] = useState("");
  const [asked, setOperator] = useState<Operator>(":");
  const [value, setValue] = useState("");
  const [wrong, setWrong] = useState(false);
  const rows = query.data?.rows ?? [];
  if (query.data && rows.length === 0) return <p class="quiet small">{words.none}</p>;
  const row = rows.find((each) => each.key === chosen) ?? rows[0];
  const operators = row?.kind === "number" ? OPERATORS : OPERATORS.slice(0, 1);
  const operator = operators.includes(asked) ? asked : ":";

  function add(event: Event): void {
    event.preventDefault();
    const written = value.trim();
    const isNumber = /^-?\d+(\.\d+)?$/.test(written);
    // Separators of the address: no value of a closed set holds them.
    const fits = written !== "" && !/[~;]/.test(written) && (operator === ":" || isNumber);
    setWrong(!fits);
    if (fits && row) props.onAdd(`${row.key}${operator}${written}`);
  }

  return (
    <form class="condition-form" onSubmit={add}>
      <label for={`${id}-key`}>{words.property}</label>
      <select
        id={`${id}-key`}
        class="field"
        value={row?.key ?? ""}
        onChange={(event) => {
          setKey(event.currentTarget.value);
          setValue("");
        }}
      >
        {rows.map((each) => (
          <option key={each.key} value={each.key}>
            {each.key}
          </option>
        ))}
      </select>
      <label for={`${id}-operator`}>{words.comparison}</label>
      <select
        id={`${id}-operator`}
        class="field"
        value={operator}
        onChange={(event) => setOperator(event.currentTarget.value as Operator)}
      >
        {operators.map((each) => (
          <option key={each} value={each}>
            {words.operators[each]}
          </option>
        ))}
      </select>
      <label for={`${id}-value`}>{words.value}</label>
      <input
        id={`${id}-value`}
        class="field"
        list={`${id}-values`}
        value={value}
        maxLength={200}
        autocomplete="off"
        aria-invalid={wrong}
        aria-describedby={`${id}-wrong`}
        placeholder={row?.range ? words.range(row.range.least, row.range.most) : ""}
        onInput={(event) => setValue(event.currentTarget.value)}
      />
      <datalist id={`${id}-values`}>
        {row?.values.map((each) => (
          <option key={each.value} value={each.value} />
        ))}
      </datalist>
      <p class="field-error" id={`${id}-wrong`}>
        {wrong && (operator === ":" ? words.wrong : words.wrongNumber)}
      </p>
      <button type="submit" class="button primary">
        {words.submit}
      </button>
    </form>
  );
}
