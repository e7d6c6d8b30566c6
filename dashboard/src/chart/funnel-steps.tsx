import "./funnel-steps.css";
import { useRef } from "preact/hooks";
import { useOverflow } from "../card/use-overflow.ts";
import { formatDuration } from "../format/durations.ts";
import { formatCount, formatExact, formatShare, formatShareExact } from "../format/numbers.ts";
import { text } from "../text/shell.ts";

export interface FunnelVariant {
  /** "" where there is only one. */
  name: string;
  steps: readonly {
    name: string;
    /** Who came this far. */
    count: number;
    /** From the step before, half of them were faster; null for the first step and for nobody. */
    medianSeconds: number | null;
  }[];
}

/**
 * A funnel as horizontal bars in a table: how many reach each step, of the step before and of all,
 * and how long it took. Two variants stand one under the other in each step.
 * @param props.unit what is counted: "Installs"
 */
export function FunnelSteps(props: {
  label: string;
  unit: string;
  variants: readonly FunnelVariant[];
}) {
  const { variants } = props;
  const frame = useRef<HTMLDivElement>(null);
  const reachable = useOverflow(frame) ? { tabIndex: 0 } : {};
  const steps = variants[0]?.steps ?? [];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section would be one more landmark a card
    <div
      class="table-scroll funnel"
      ref={frame}
      role="group"
      aria-label={props.label}
      {...reachable}
    >
      <table>
        <caption class="visually-hidden">{props.label}</caption>
        <thead>
          <tr>
            <th scope="col" class="row-head">
              {text.funnel.step}
            </th>
            <th scope="col" class="number">
              {props.unit}
            </th>
            <th scope="col" class="number">
              {text.funnel.ofPrevious}
            </th>
            <th scope="col" class="number">
              {text.funnel.ofFirst}
            </th>
            <th scope="col" class="number">
              {text.funnel.median}
            </th>
          </tr>
        </thead>
        {steps.map((step, at) => (
          <tbody key={at}>
            {variants.map((variant, index) => (
              <StepRow
                key={variant.name}
                variant={variant}
                at={at}
                title={index === 0 ? `${at + 1}. ${step.name}` : ""}
                second={index > 0}
              />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function StepRow(props: { variant: FunnelVariant; at: number; title: string; second: boolean }) {
  const { variant, at } = props;
  const step = variant.steps[at];
  if (!step) return null;
  const first = variant.steps[0]?.count ?? 0;
  const before = variant.steps[at - 1]?.count;
  const share = first > 0 ? step.count / first : 0;
  return (
    <tr>
      <th scope="row" class="row-head funnel-step">
        {props.title && <span class="funnel-name">{props.title}</span>}
        {variant.name && <span class="funnel-variant">{variant.name}</span>}
        <span class="funnel-track" aria-hidden="true">
          <span
            class={props.second ? "funnel-bar second" : "funnel-bar"}
            style={{ inlineSize: `${share * 100}%` }}
          />
        </span>
      </th>
      <td class="number" title={formatExact(step.count)}>
        {formatCount(step.count)}
      </td>
      <td class="number" title={before === undefined ? "" : formatShareExact(step.count, before)}>
        {before === undefined ? "–" : formatShare(step.count, before)}
      </td>
      <td class="number" title={formatShareExact(step.count, first)}>
        {formatShare(step.count, first)}
      </td>
      <td class="number">
        {step.medianSeconds === null ? "–" : formatDuration(step.medianSeconds)}
      </td>
    </tr>
  );
}
