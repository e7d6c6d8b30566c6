import { formatExact } from "../../format/numbers.ts";

/** Bars of minutes or hours, oldest first: too short for dates, too many for values on top. */
export interface StripSeries {
  name: string;
  values: readonly (number | null)[];
}

/**
 * Small bars side by side, the second series hatched on top of the first. Values are read by hovering,
 * by a screen reader from the list, and from the table.
 *
 * @param props.names what each bar is called: "08:12"
 * @example <Strip label="18 a minute." names={["08:11", "08:12"]} series={[{ name: "Accepted", values: [20, 16] }]} />
 */
export function Strip(props: {
  label: string;
  names: readonly string[];
  series: readonly [StripSeries] | readonly [StripSeries, StripSeries];
}) {
  const { names, series } = props;
  const [first, second] = series;
  const sum = (at: number) => (first.values[at] ?? 0) + (second?.values[at] ?? 0);
  const most = Math.max(1, ...names.map((_, at) => sum(at)));
  const say = (at: number) =>
    `${names[at]}: ${series
      .map(({ name, values }) => `${name} ${values[at] == null ? "–" : formatExact(values[at])}`)
      .join(", ")}`;
  return (
    <div>
      {second && (
        <p class="health-strip-key" aria-hidden="true">
          <span>
            <span class="health-swatch" /> {first.name}
          </span>
          <span>
            <span class="health-swatch second" /> {second.name}
          </span>
        </p>
      )}
      <p class="health-strip-most" aria-hidden="true">
        {formatExact(most)}
      </p>
      <ol class="health-strip" aria-label={props.label}>
        {names.map((name, at) => (
          <li key={name} title={say(at)}>
            {second && <Bar value={second.values[at] ?? 0} most={most} second />}
            <Bar value={first.values[at] ?? 0} most={most} />
            <i class="visually-hidden">{say(at)}</i>
          </li>
        ))}
      </ol>
      <p class="health-strip-axis" aria-hidden="true">
        <span>{names[0]}</span>
        <span>{names.at(-1)}</span>
      </p>
    </div>
  );
}

function Bar(props: { value: number; most: number; second?: boolean }) {
  const { value, most } = props;
  if (value === 0) return null;
  const style = { blockSize: `${(value / most) * 100}%`, minBlockSize: "2px" };
  return <span class={props.second ? "second" : ""} aria-hidden="true" style={style} />;
}
