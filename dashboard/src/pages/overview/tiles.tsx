import type { InstallsSummary } from "../../api/shell.ts";
import {
  formatCount,
  formatDifference,
  formatExact,
  formatShare,
  formatShareExact,
} from "../../format/numbers.ts";
import { useNavigation } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { printView } from "../../state/view.ts";
import { overviewText } from "../../text/overview.ts";

export type MainChart = "active" | "new" | "churned" | "latest";
const words = overviewText.tile;

/** How a figure moved, and whether that is good news. */
interface Delta {
  text: string;
  direction: "up" | "down" | "same";
  good: boolean;
}

/** One key figure. Pressed, it swaps the main chart, or goes to the page that says more. */
interface Tile {
  label: string;
  value: string;
  exact: string;
  hint: string;
  delta?: Delta;
}

export function Tiles(props: {
  chart: MainChart;
  onChart: (chart: MainChart) => void;
  hasLatest: boolean;
}) {
  const { summary } = useScope();
  const counts = summary.data;
  const outdated = summary.outdated ? "outdated" : "";
  const swap = (id: MainChart) => ({
    pressed: props.chart === id,
    onPress: () => props.onChart(id),
  });
  const failed = (label: string): Tile | null =>
    summary.error ? { label, value: "–", exact: "", hint: words.failed } : null;
  return (
    <ul class={`tiles ${outdated}`} aria-label={words.label}>
      <TileBox
        id="active"
        tile={counts ? activeTile(counts) : failed(words.active)}
        {...swap("active")}
      />
      <TileBox id="new" tile={counts ? newTile(counts) : failed(words.new)} {...swap("new")} />
      <TileBox
        id="churned"
        tile={counts ? churnedTile(counts) : failed(words.churned)}
        {...swap("churned")}
      />
      <TileBox
        id="latest"
        tile={counts ? latestTile(counts) : failed(words.latest)}
        {...(props.hasLatest && counts?.latest.releases.length ? swap("latest") : {})}
      />
      <ErrorTile tile={counts ? errorTile(counts) : failed(words.withoutError)} />
    </ul>
  );
}

function TileBox(props: {
  id: MainChart;
  tile: Tile | null;
  pressed?: boolean;
  onPress?: () => void;
}) {
  const { tile, id } = props;
  return (
    <li>
      {!tile ? (
        <div class="tile">
          <div class="skeleton tile-skeleton" />
        </div>
      ) : props.onPress ? (
        <button
          type="button"
          class="tile"
          data-testid={`tile-${id}`}
          aria-pressed={props.pressed}
          onClick={props.onPress}
        >
          <Face tile={tile} />
        </button>
      ) : (
        <div class="tile" data-testid={`tile-${id}`}>
          <Face tile={tile} />
        </div>
      )}
    </li>
  );
}

/** What breaks has a page of its own. */
function ErrorTile({ tile }: { tile: Tile | null }) {
  const { view, change } = useNavigation();
  if (!tile) return <TileBox id="latest" tile={null} />;
  return (
    <li>
      <a
        class="tile"
        data-testid="tile-errors"
        href={printView({ ...view, page: "errors", choices: {} })}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          change({ page: "errors", choices: {} });
        }}
      >
        <Face tile={tile} />
      </a>
    </li>
  );
}

function Face({ tile }: { tile: Tile }) {
  const { delta } = tile;
  return (
    <>
      <span class="tile-label">{tile.label}</span>
      <span class="tile-value number" title={tile.exact}>
        {tile.value}
      </span>
      <span class="tile-hint">{tile.hint}</span>
      {delta && (
        <span
          class={`tile-delta number ${delta.direction === "same" ? "" : delta.good ? "good" : "bad"}`}
        >
          {delta.direction !== "same" && (
            <svg class="arrow" width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">
              <path d={delta.direction === "up" ? "M4 1l4 6H0z" : "M4 7l4-6H0z"} />
            </svg>
          )}
          {delta.text}
        </span>
      )}
    </>
  );
}

/** @param growing whether more of it is good news */
function deltaOf(now: number, before: number, growing: boolean): Delta {
  const direction = now > before ? "up" : now < before ? "down" : "same";
  const text =
    direction === "same" ? words.same : words.delta(formatDifference(now, before, "count"));
  return { text, direction, good: (direction === "up") === growing };
}

function activeTile({ active, previous }: InstallsSummary): Tile {
  return {
    label: words.active,
    value: formatCount(active.month),
    exact: formatExact(active.month),
    hint: words.activeHint,
    delta: deltaOf(active.month, previous.month, true),
  };
}

function newTile(counts: InstallsSummary): Tile {
  return {
    label: words.new,
    value: formatCount(counts.new),
    exact: formatExact(counts.new),
    hint: words.newHint,
    delta: deltaOf(counts.new, counts.previous.new, true),
  };
}

function churnedTile(counts: InstallsSummary): Tile {
  return {
    label: words.churned,
    value: formatCount(counts.churned),
    exact: formatExact(counts.churned),
    hint: words.churnedHint,
    delta: deltaOf(counts.churned, counts.previous.churned, false),
  };
}

function latestTile({ active, latest }: InstallsSummary): Tile {
  const [newest, before] = latest.releases;
  const oldest = before ?? newest;
  return {
    label: newest && !before ? words.latestOne : words.latest,
    value: oldest ? formatShare(latest.installs, active.month) : "–",
    exact: oldest ? formatShareExact(latest.installs, active.month) : "",
    hint: oldest ? words.latestHint(oldest) : words.latestNone,
  };
}

function errorTile({ active, sharingDetailed, withoutError }: InstallsSummary): Tile {
  const some = sharingDetailed > 0;
  return {
    label: words.withoutError,
    value: some ? formatShare(withoutError, sharingDetailed) : "–",
    exact: some ? formatShareExact(withoutError, sharingDetailed) : "",
    hint: some
      ? words.withoutErrorHint(
          formatCount(sharingDetailed),
          formatShare(sharingDetailed, active.month),
        )
      : words.nobodyShares,
  };
}
