import type { HealthAlerts, HealthSystem, Machine } from "../../api/health.ts";
import type { Query } from "../../api/query.ts";
import { TableCard } from "../../card/table-card.tsx";
import { formatAge, formatInstant } from "../../format/dates.ts";
import { formatDuration } from "../../format/durations.ts";
import { formatCount, formatExact } from "../../format/numbers.ts";
import { healthText } from "../../text/health.ts";
import { formatBytes } from "./bytes.ts";

/** What lies between a request and the numbers. */
export function MachineCard({ query }: { query: Query<HealthSystem> }) {
  const words = healthText.machine;
  return (
    <TableCard
      id="machine"
      class="half"
      title={words.title}
      query={query}
      empty={words.none}
      definition={({ machine }) =>
        machine ? words.foot(formatInstant(machine.startedAt, new Date())) : words.none
      }
      table={({ machine }) => ({
        columns: [
          { id: "figure", label: words.figure },
          { id: "value", label: words.value, class: "number" },
        ],
        rows: machine ? figuresOf(machine) : [],
      })}
    />
  );
}

function figuresOf({ spool, loader, engine, disk }: Machine): [string, string][] {
  const words = healthText.machine;
  const stored = loader.lastStoredAt;
  return [
    [
      words.spool,
      words.spoolValue(formatBytes(spool.bytes), formatCount(spool.segments), spool.segments === 1),
    ],
    [words.lag, formatDuration(loader.lagSeconds)],
    [
      words.lastStored,
      stored === null
        ? words.never
        : words.ago(formatAge(Math.max(0, Date.now() - Date.parse(stored)))),
    ],
    ...(loader.failures > 0
      ? ([
          [words.failures, formatExact(loader.failures)],
          [words.lastError, loader.lastError],
        ] satisfies [string, string][])
      : []),
    [words.retries, formatExact(loader.retries)],
    [words.quarantined, formatExact(loader.quarantined)],
    [words.engine, engine?.state ?? words.engineExternal],
    ...(engine
      ? ([
          [
            words.memory,
            words.memoryValue(
              engine.memoryBytes === null ? "–" : formatBytes(engine.memoryBytes),
              formatBytes(engine.limitBytes),
            ),
          ],
          [words.restarts, formatExact(engine.restarts)],
        ] satisfies [string, string][])
      : []),
    [words.disk, words.diskValue(formatBytes(disk.freeBytes), formatBytes(disk.totalBytes))],
  ];
}

/** How much each table holds. */
export function StorageCard({ query }: { query: Query<HealthSystem> }) {
  const words = healthText.storage;
  const total = ({ rows }: HealthSystem, of: "bytes" | "rows") =>
    rows.reduce((sum, row) => sum + row[of], 0);
  return (
    <TableCard
      id="storage"
      class="half"
      title={words.title}
      query={query}
      definition={words.foot}
      empty={words.empty}
      summary={(data) =>
        words.summary(formatBytes(total(data, "bytes")), formatCount(total(data, "rows")))
      }
      table={({ rows }) => ({
        columns: [
          { id: "table", label: words.table },
          {
            id: "bytes",
            label: words.bytes,
            unit: "count",
            print: (cell) => formatBytes(Number(cell)),
          },
          { id: "rows", label: words.rows, unit: "count" },
          { id: "parts", label: words.parts, exportOnly: true },
          { id: "oldest", label: words.oldest },
          { id: "newest", label: words.newest },
        ],
        rows: rows.map((row) => [
          ...[row.table, row.bytes, row.rows, row.parts, row.oldest, row.newest],
        ]),
      })}
    />
  );
}

/** Every rule, firing or not. */
export function AlertsCard({ query }: { query: Query<HealthAlerts> }) {
  const words = healthText.alerts;
  return (
    <TableCard
      id="alerts"
      class="half"
      title={words.title}
      query={query}
      definition={words.foot}
      empty={words.empty}
      summary={({ rows }) => {
        const firing = rows.filter(({ state }) => state === "firing").length;
        return firing === 0 ? words.quiet : words.summary(formatCount(firing));
      }}
      table={({ rows }) => ({
        columns: [
          { id: "rule", label: words.rule, class: "health-wrap" },
          {
            id: "state",
            label: words.state,
            print: (cell, at) => (
              <span class={`health-state ${cell}`}>{words.name[rows[at]?.state ?? "unknown"]}</span>
            ),
          },
          { id: "measured", label: words.measured, class: "health-wrap" },
        ],
        rows: rows.map(({ title, state, text }) => [title, state, text || words.notMeasured]),
      })}
    />
  );
}
