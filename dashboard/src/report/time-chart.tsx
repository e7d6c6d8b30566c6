import { useEffect, useRef, useState } from "preact/hooks";
import { formatBucket, formatTick } from "../format/dates.ts";
import { formatCount, formatExact, formatPercent } from "../format/numbers.ts";
import { reportText as text } from "../text/report.ts";
import { bandPath, linePath, placesOf, sharesOf, ticksTo } from "./scale.ts";

export interface Line {
  name: string;
  values: readonly (number | null)[];
  /** A CSS colour. */
  colour: string;
  dashes?: string;
}

const LEFT = 44;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 24;

/**
 * Lines over days from zero, or, stacked, each as its share of the day. Drawn as SVG: one or two
 * charts of a page that is read once need no chart library.
 */
export function TimeChart({
  days,
  lines,
  stacked = false,
}: {
  days: readonly string[];
  lines: readonly Line[];
  stacked?: boolean;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const height = width < 480 ? 200 : 280;
  const [at, setAt] = useState<number | null>(null);
  const most = stacked
    ? 1
    : Math.max(1, ...lines.flatMap(({ values }) => values.map((v) => v ?? 0)));
  const ticks = stacked ? [0, 0.25, 0.5, 0.75, 1] : ticksTo(most, 4);
  const top = ticks.at(-1) ?? 1;
  const inner = Math.max(1, width - LEFT - RIGHT);
  const x = (day: number) =>
    LEFT + (days.length < 2 ? inner / 2 : (day / (days.length - 1)) * inner);
  const y = (value: number) => TOP + (1 - value / top) * (height - TOP - BOTTOM);
  const xs = days.map((_, day) => x(day));
  const move = (to: number) => setAt(Math.max(0, Math.min(days.length - 1, to)));

  const onKeyDown = (event: KeyboardEvent) => {
    const last = days.length - 1;
    const from = at ?? last;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (event.key === "Escape") setAt(null);
    else if (to !== undefined) move(to);
    else return;
    event.preventDefault();
  };
  const onPointerMove = (event: PointerEvent) => {
    const box = frame.current?.getBoundingClientRect();
    if (box) move(Math.round(((event.clientX - box.left - LEFT) / inner) * (days.length - 1)));
  };

  return (
    <div class="time-chart" ref={frame}>
      <div
        class="time-plot"
        role="application"
        aria-label={text.chartKeys}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: read with the arrow keys
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
      >
        <svg width={width} height={height} aria-hidden="true">
          {ticks.map((tick) => (
            <g key={tick}>
              <line class="grid" x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} />
              <text class="tick" x={LEFT - 8} y={y(tick) + 4} text-anchor="end">
                {stacked ? `${tick * 100}%` : formatCount(tick)}
              </text>
            </g>
          ))}
          {placesOf(days.length, Math.max(2, Math.floor(inner / 90))).map((day) => (
            <text
              key={day}
              class="tick"
              x={x(day)}
              y={height - 6}
              text-anchor={day === days.length - 1 && days.length > 1 ? "end" : "middle"}
            >
              {formatTick(days[day] as string, "day", days.length > 200)}
            </text>
          ))}
          {stacked ? <Bands lines={lines} xs={xs} y={y} /> : <Lines lines={lines} xs={xs} y={y} />}
          {at !== null && (
            <line class="cursor" x1={x(at)} x2={x(at)} y1={TOP} y2={height - BOTTOM} />
          )}
        </svg>
      </div>
      {at !== null && (
        <Readout
          day={days[at] as string}
          at={at}
          lines={lines}
          stacked={stacked}
          left={x(at)}
          width={width}
        />
      )}
      <ul class="report-legend">
        {lines.map(({ name, colour, dashes }) => (
          <li key={name}>
            <svg width="16" height="10" aria-hidden="true">
              {stacked ? (
                <rect
                  x="0.5"
                  y="0.5"
                  width="15"
                  height="9"
                  rx="2"
                  fill={colour}
                  stroke="var(--text-3)"
                />
              ) : (
                <line
                  x1="0"
                  x2="16"
                  y1="5"
                  y2="5"
                  stroke={colour}
                  stroke-width="2"
                  stroke-dasharray={dashes}
                />
              )}
            </svg>
            {name}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface Drawn {
  lines: readonly Line[];
  xs: readonly number[];
  y: (value: number) => number;
}

function Lines({ lines, xs, y }: Drawn) {
  return (
    <>
      {lines.map(({ name, values, colour, dashes }) => {
        const points = values.map((value, day) =>
          value === null ? null : ([xs[day] as number, y(value)] as const),
        );
        // A day alone between gaps has no line to be on.
        const alone = points.filter(
          (point, day) => point && !points[day - 1] && !points[day + 1],
        ) as (readonly [number, number])[];
        return (
          <g key={name}>
            <path class="line" d={linePath(points)} stroke={colour} stroke-dasharray={dashes} />
            {alone.map(([cx, cy]) => (
              <circle key={cx} cx={cx} cy={cy} r="3" fill={colour} />
            ))}
          </g>
        );
      })}
    </>
  );
}

function Bands({ lines, xs, y }: Drawn) {
  const shares = sharesOf(lines.map(({ values }) => values));
  const under = xs.map(() => 0);
  // The first line is at the bottom; what is one day wide is drawn as wide as can be seen.
  const wide = xs.length === 1 ? [(xs[0] as number) - 24, (xs[0] as number) + 24] : xs;
  const double = (values: number[]) =>
    xs.length === 1 ? [values[0] ?? 0, values[0] ?? 0] : values;
  return (
    <>
      {lines.map(({ name, colour }, at) => {
        const lower = under.map((share) => y(share));
        for (const [day, share] of (shares[at] as number[]).entries()) {
          under[day] = (under[day] as number) + share;
        }
        const upper = under.map((share) => y(share));
        return (
          <path
            key={name}
            class="band"
            d={bandPath(wide, double(upper), double(lower))}
            fill={colour}
          />
        );
      })}
    </>
  );
}

function Readout(props: {
  day: string;
  at: number;
  lines: readonly Line[];
  stacked: boolean;
  left: number;
  width: number;
}) {
  const { at, lines, stacked } = props;
  const sum = lines.reduce((all, { values }) => all + (values[at] ?? 0), 0);
  const side =
    props.left > props.width / 2
      ? { right: props.width - props.left + 12 }
      : { left: props.left + 12 };
  return (
    <div class="report-readout" role="status" style={side}>
      <strong>{formatBucket(props.day, "day")}</strong>
      {lines.map(({ name, values, colour }) => {
        const value = values[at] ?? null;
        const share =
          stacked && value !== null && sum > 0 ? ` · ${formatPercent(value / sum)}` : "";
        return (
          <span key={name} class="report-readout-row">
            <svg width="8" height="8" aria-hidden="true">
              <rect width="8" height="8" rx="2" fill={colour} />
            </svg>
            <span>{name}</span>
            <span class="number">
              {value === null ? text.notShown : `${formatExact(value)}${share}`}
            </span>
          </span>
        );
      })}
    </div>
  );
}

function useWidth(frame: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = () => setWidth(Math.max(200, element.clientWidth));
    measure();
    const observer = new ResizeObserver(() => requestAnimationFrame(measure));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}
