import type { SentryState } from "../../api.ts";
import { text } from "../text.ts";
import { Card } from "./card.tsx";
import { Facts } from "./facts.tsx";

/** Error reports: whether they go, where, and what is removed from them. */
export function SentryPart({ sentry }: { sentry: SentryState | null }) {
  const words = text.sentry;
  if (sentry === null) {
    return (
      <Card id="sentry" title={words.title}>
        <p>{words.unused}</p>
      </Card>
    );
  }
  const { active, dsnHost, source, tracesSampleRate, rules } = sentry;
  const host =
    dsnHost === null ? words.noHost : source ? `${dsnHost} (${words.sources[source]})` : dsnHost;
  return (
    <Card id="sentry" title={words.title} intro={words.consent}>
      <Facts
        of={[
          [words.state, active ? words.active : words.inactive],
          [words.host, host],
          [words.rate, words.rateLine(`${Number((tracesSampleRate * 100).toFixed(2))}%`)],
        ]}
      />
      <h3>{words.rules}</h3>
      <ul class="plain">
        {rules.map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
    </Card>
  );
}
