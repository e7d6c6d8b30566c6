import "./stack-list.css";
import { useQuestion } from "../../api/query.ts";
import type { ErrorStacks } from "../../api/usage.ts";
import { FigureCard } from "../../card/figure-card.tsx";
import { formatCount } from "../../format/numbers.ts";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { errorsText } from "../../text/errors.ts";
import { sourcesOf, UNTYPED } from "./type-table.tsx";

const { stacks: words, column } = errorsText;
const FRAMES_SHOWN = 5;
const VERSIONS_SHOWN = 3;

type Stack = ErrorStacks["rows"][number];
type Frame = Stack["frames"][number];

/** Where the exceptions of the type that was chosen were thrown; nothing where none said so. */
export function StackList() {
  const { params } = useScope();
  const [chosen] = useChoice("type", "");
  const asked = chosen === "" ? {} : { type: chosen === UNTYPED ? "" : chosen };
  const query = useQuestion<ErrorStacks>("errors/stacks", { ...params, ...asked });
  if (!query.data || query.data.rows.length === 0) return null;
  const name = chosen === "" ? errorsText.allTypes : chosen;
  return (
    <FigureCard
      id="error-stacks"
      title={words.title(name)}
      query={query}
      definition={words.foot}
      summary={({ rows, total }) =>
        words.summary(formatCount(rows.length), formatCount(total.stacks), formatCount(total.count))
      }
      chart={(data) => (
        <ol class="stacks">
          {data.rows.map((row) => (
            <StackItem key={`${row.type} ${textOf(row)}`} row={row} />
          ))}
        </ol>
      )}
      table={(data) => ({
        columns: [
          { id: "type", label: column.type },
          { id: "stack", label: words.stack },
          { id: "records", label: column.records, unit: "count" },
          { id: "installs", label: column.installs, unit: "count" },
          { id: "unattributed", label: column.unattributed, unit: "count" },
          { id: "versions", label: words.versions },
          { id: "told_by", label: column.sources },
        ],
        rows: data.rows.map((row) => [
          row.type,
          textOf(row),
          row.count,
          row.installs,
          row.unattributed,
          row.versions.join(", "),
          sourcesOf(row),
        ]),
      })}
    />
  );
}

function StackItem({ row }: { row: Stack }) {
  const more = row.versions.length - VERSIONS_SHOWN;
  const versions = row.versions.slice(0, VERSIONS_SHOWN).join(", ") || errorsText.unknown;
  const rest = row.frames.slice(FRAMES_SHOWN);
  return (
    <li>
      <p>
        <strong>{row.type}</strong>
        {row.message !== null && `: ${row.message}`}
      </p>
      <p class="quiet small">
        {words.counts(formatCount(row.count), formatCount(row.installs))}
        {row.unattributed > 0 && ` ${words.nobodys(formatCount(row.unattributed))}`}
        {` ${words.on(more > 0 ? words.andMore(versions, formatCount(more)) : versions)}`}
        {` ${words.told(sourcesOf(row))}`}
      </p>
      {row.frames.length === 0 && <p class="quiet">{words.none}</p>}
      <Frames frames={row.frames.slice(0, FRAMES_SHOWN)} />
      {rest.length > 0 && (
        <details>
          <summary>{words.more(formatCount(rest.length))}</summary>
          <Frames frames={rest} />
        </details>
      )}
    </li>
  );
}

function Frames({ frames }: { frames: readonly Frame[] }) {
  if (frames.length === 0) return null;
  return (
    <ol class="frames mono">
      {frames.map((frame, at) => (
        <li key={`${at} ${written(frame)}`}>
          {frame.function} <span class="quiet">{placeOf(frame)}</span>
        </li>
      ))}
    </ol>
  );
}

const placeOf = ({ module, line }: Frame) => `${module}:${line}`;
const written = (frame: Frame) => `${frame.function} (${placeOf(frame)})`;
const textOf = ({ frames }: Stack) => frames.map(written).join("; ");
