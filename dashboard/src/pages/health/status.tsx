import type { HealthSystem } from "../../api/health.ts";
import type { Query } from "../../api/query.ts";
import { formatAge } from "../../format/dates.ts";
import { healthText } from "../../text/health.ts";
import { type Finding, findingsOf, type Known } from "./findings.ts";

const words = healthText.status;

/** The page's first line: all is well, or what is not and what to do. */
export function Status(props: { known: Known; system: Query<HealthSystem> }) {
  const { known, system } = props;
  const findings = findingsOf(known);
  const checking = system.data === null && system.error === null;
  const worst = findings[0]?.level;
  const title = checking
    ? words.checking
    : worst === "error"
      ? words.wrong
      : worst === "warn"
        ? words.look
        : words.well;
  // What could not be asked is said by its card; nothing is well by not being known.
  if (system.data === null && system.error !== null && findings.length === 0) return null;
  return (
    <section
      class={`card health-status ${worst ?? ""}`}
      role="status"
      aria-label={words.title}
      aria-busy={checking}
      data-testid="health-status"
    >
      <div>
        <h2>{title}</h2>
        {!checking && !worst && (
          <p class="quiet">
            {words.wellLead} {lastStored(system.data)}
          </p>
        )}
      </div>
      {findings.length > 0 && (
        <ul>
          {findings.map((finding) => (
            <Line key={finding.id} finding={finding} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Line({ finding }: { finding: Finding }) {
  const { level, what, todo } = finding;
  return (
    <li>
      <span class={`health-level ${level}`}>{words.level[level]}</span>
      <p>{what}</p>
      <p class="quiet">{todo}</p>
    </li>
  );
}

function lastStored(system: HealthSystem | null): string {
  if (!system?.machine) return "";
  const at = system.machine.loader.lastStoredAt;
  if (at === null) return words.nothingStored;
  return words.storedAgo(formatAge(Math.max(0, Date.now() - Date.parse(at))));
}
