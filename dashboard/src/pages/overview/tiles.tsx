import type { Query } from "../../api/query.ts";
import type { InstallsSummary, InstallVersions } from "../../api/types.ts";
import { formatCount, formatExact, formatShare, formatShareExact } from "../../format/numbers.ts";
import { rangeName } from "../../shell/range-menu.tsx";
import { useScope } from "../../state/scope.ts";
import { text } from "../../text.ts";
import { latestReleases } from "./releases.ts";
import { chartedReleases } from "./version-model.ts";

type TileId = "active" | "new" | "churned" | "latest" | "sharing";

/** One key figure; with `chart` it is a button that swaps the main chart. */
interface Tile {
  id: TileId;
  label: string;
  value: string;
  exact: string;
  hint: string;
  chart?: string;
  outdated: boolean;
}

export function Tiles(props: {
  versions: Query<InstallVersions>;
  chart: string;
  onChart: (chart: string) => void;
}) {
  const { summary, view } = useScope();
  const { versions } = props;
  const failed = (id: TileId, query: Query<unknown>) => (query.error ? failedTile(id) : null);
  const tiles: (Tile | null)[] = [
    ...(summary.data
      ? installTiles(summary.data, summary.outdated)
      : (["active", "new", "churned"] as const).map((id) => failed(id, summary))),
    versions.data
      ? latestTile(versions.data, rangeName(view.range), versions.outdated)
      : failed("latest", versions),
    summary.data ? sharingTile(summary.data, summary.outdated) : failed("sharing", summary),
  ];
  return (
    <ul class="tiles" aria-label={text.tile.label}>
      {tiles.map((tile, index) => (
        <li key={tile?.id ?? index}>
          {tile ? (
            <TileBox tile={tile} pressed={tile.chart === props.chart} onChart={props.onChart} />
          ) : (
            <div class="tile">
              <div class="skeleton tile-skeleton" />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

function TileBox(props: { tile: Tile; pressed: boolean; onChart: (chart: string) => void }) {
  const { tile } = props;
  const face = (
    <>
      <span class="tile-label">{tile.label}</span>
      <span class="tile-value number" title={tile.exact}>
        {tile.value}
      </span>
      <span class="tile-hint">{tile.hint}</span>
    </>
  );
  const name = `tile ${tile.outdated ? "outdated" : ""}`;
  if (!tile.chart) {
    return (
      <div class={name} data-testid={`tile-${tile.id}`}>
        {face}
      </div>
    );
  }
  return (
    <button
      type="button"
      class={name}
      data-testid={`tile-${tile.id}`}
      aria-pressed={props.pressed}
      onClick={() => props.onChart(tile.chart ?? "active")}
    >
      {face}
    </button>
  );
}

function installTiles(counts: InstallsSummary, outdated: boolean): Tile[] {
  const tile = (id: TileId, label: string, count: number, hint: string): Tile => ({
    id,
    label,
    value: formatCount(count),
    exact: formatExact(count),
    hint,
    outdated,
  });
  return [
    {
      ...tile("active", text.tile.active, counts.active.month, text.tile.activeHint),
      chart: "active",
    },
    tile("new", text.tile.new, counts.new, text.tile.newHint),
    tile("churned", text.tile.churned, counts.churned, text.tile.churnedHint),
  ];
}

function failedTile(id: TileId): Tile {
  const label = text.tile[id];
  return { id, label, value: "–", exact: "", hint: text.tile.failed, outdated: false };
}

function latestTile(data: InstallVersions, range: string, outdated: boolean): Tile {
  const releases = latestReleases(data.rows);
  const total = data.rows.reduce((sum, row) => sum + row.installs, 0);
  const on = data.rows.reduce(
    (sum, row) => (releases.includes(row.version) ? sum + row.installs : sum),
    0,
  );
  return {
    id: "latest",
    label: text.tile.latest,
    value: releases.length > 0 ? formatShare(on, total) : "–",
    exact: formatShareExact(on, total),
    hint:
      releases.length > 0
        ? text.tile.latestHint(releases.join(" or "), range)
        : text.tile.latestNone,
    ...(chartedReleases(data).length > 0 ? { chart: "latest" } : {}),
    outdated,
  };
}

function sharingTile(counts: InstallsSummary, outdated: boolean): Tile {
  return {
    id: "sharing",
    label: text.tile.sharing,
    value: formatShare(counts.sharingDetailed, counts.active.month),
    exact: formatShareExact(counts.sharingDetailed, counts.active.month),
    hint: text.tile.sharingHint,
    outdated,
  };
}
