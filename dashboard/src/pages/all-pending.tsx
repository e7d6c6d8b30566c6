import { formatCount } from "../format/numbers.ts";
import { useNavigation } from "../state/navigation.ts";
import { text } from "../text/shell.ts";

/** Installs report, but none has been heard of on two days yet. */
export function AllPending({ count }: { count: number }) {
  const { change } = useNavigation();
  return (
    <section class="card notice" data-testid="all-pending">
      <h1>{text.waiting.pendingTitle(formatCount(count))}</h1>
      <p>{text.waiting.pendingLead}</p>
      <button type="button" class="button primary" onClick={() => change({ admitted: "all" })}>
        {text.waiting.includePending}
      </button>
    </section>
  );
}
