import { useEffect, useState } from "preact/hooks";
import { formatAge } from "../format/dates.ts";
import { useLive } from "../state/live.ts";
import { text } from "../text/shell.ts";

/** "Updated 12 s ago", counting. */
export function Freshness() {
  const updatedAt = useLive((state) => state.updatedAt);
  const failing = useLive((state) => state.failing);
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  if (updatedAt === null) return <span class="freshness quiet">{text.fresh.updating}</span>;
  return (
    <span class={`freshness ${failing ? "failing" : "quiet"}`} data-testid="freshness">
      {failing ? `${text.fresh.paused} · ` : ""}
      {text.fresh.updated(formatAge(Math.max(0, now - updatedAt)))}
    </span>
  );
}
